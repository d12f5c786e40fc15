/**
 * The text of `--help`.
 *
 * @module
 */

/** What the command says of itself. */
export const HELP = `tilewise: run a kernel over the tiles of n-dimensional arrays in shared memory

usage: deno run --allow-read cli.ts [map] [flags]
       deno run --allow-read cli.ts info FILE|STORE [--json]
       deno run --allow-read cli.ts status STORE.zarr/NAME [--json]
       deno run --allow-read --allow-write cli.ts combine STORE.zarr/NAME [--json]
       deno run --allow-read --allow-ffi cli.ts shm list|clean [NAME…] [--all] [--json]

Without flags it fills two random arrays, tmp and rad, of shape 365,16,16, computes
vpd = tmp + rad in tiles of 4,4 on all cores, and reports time and memory peaks.

what to run
  --expr "tmp + rad"         an expression in JavaScript's syntax, or several assignments
                             "a = …; b = …" (this is the default)
  --scalar k=3               a number that the expression reads; repeatable
  --strict                   the same bits on every machine, for a little more time
  --explain                  print what the expression compiles to, and run nothing
  --kernel FILE.ts           a module whose default export is (arrays, tile) => value
  --tile 4,4                 tile extents on the trailing axes, leading axes whole
                             (default: chosen so that all workers have work)
  --workers 10               number of workers at most (default: the machine's cores);
                             a small run uses fewer when it is over before all are open
  --exact                    use all workers even so

reductions
  --reduce mean              reduce the expression, or the only --input, instead of writing it:
                             sum, mean, min, max, prod, var, std, argmin, argmax, any, all,
                             count-nonzero, median or quantile
  --axis 0,-1                the axes that go (default: all); negative ones from the end
  --keep-dims                leave reduced axes, with an extent of 1
  --skip-nan                 pass over NaN
  --ddof 1                   what var and std take from the count (default: 0)
  --q 0.9                    which quantile, from 0 to 1

neighbours
  --boundary nearest         what lies beyond the edges where an expression reads neighbours,
                             as in "z(0, 1) - z(0, -1)": reflect (default), nearest, mirror,
                             wrap, constant or none; or one an axis, as in wrap,nearest
  --boundary-value 0         what that is for constant (default: 0)
  --halo 1                   how many cells around its tile a --kernel sees; or one an axis,
                             as in 1,0; or BEFORE:AFTER, as in 1:2,0

stores, and arrays larger than memory
  --stream                   work block by block on files too; with a store this is so anyway.
                             Blocks are made of whole chunks, and --max-memory bounds them
  --resume                   leave chunks that are there, of the same computation
  --overwrite                replace outputs that are there
  --shard 3/64               compute one of 64 parts (0 to 63); auto asks Slurm, Kubernetes,
                             AWS Batch, PBS, Grid Engine, LSF or MPI; auto/64 where those do
                             not know how many there are. Shards of --reduce leave partial
                             results with the output: the command combine makes the result
  --missing error            chunks of inputs that are not there are an error, or fill: have
                             the fill value (default: an error if a run writes the array)
  --chunks 73,180,360        chunks of outputs (default: those of inputs of their shape)
  --codec zstd               how chunks are compressed: zstd (default), blosc, gzip or none
  --level 3                  how much
  --zarr-format 3            the version of the Zarr format, 2 or 3 (default)

limits and care
  --tile-timeout 2s          give up a worker that takes longer for a tile (default: never)
  --load-timeout 30s         or that takes longer to load the kernel
  --retries 2                try a tile again that failed or was lost; the kernel has to be
                             idempotent
  --isolation contained      workers with a heap limit of their own, which cannot end the
                             process (default: web)
  --heap-limit 1GB           that limit
  --sandbox                  no permissions for kernels (needs deno run
                             --unstable-worker-options; add --no-prompt --deny-import)
  --debug                    find kernels that write outside of their tiles or to inputs, leave
                             cells unwritten, or are not repeatable
  --only-tile 37             run one tile alone

arrays
  --input NAME=FILE[:VAR]    read an array from .npy, .npz, .nc, .h5 or .tif, or from a Zarr
                             store: a=in.zarr/a, a=https://…/in.zarr/a, a=s3://…/in.zarr/a;
                             repeatable
  --output NAME=FILE[:VAR]   write an array as .npy, .npz, .nc or .tif, or to a Zarr store;
                             repeatable; any name for the result of --reduce
  --input NAME=shm:SEGMENT:float64:365,16,16
                             attach to shared memory by name, such as Python's; --output
                             creates it where there is none (needs --allow-ffi)
  --output-dtype float32     dtype of the outputs (default: what --expr comes to;
                             float64 for --kernel)
  --shape 365,16,16          shape of generated inputs, when there is no --input
  --dtype float64            dtype of generated inputs
  --seed 1                   seed of generated inputs

reporting
  --json                     the report as one JSON object on stdout, with the result of
                             --reduce
  --max-memory 2GB           refuse a run whose predicted peak is larger; a stream takes
                             blocks that fit
  --no-progress              no progress bar
  -q, --quiet                print errors only
  --verbose                  print stack traces
  -h, --help                 print this
  -V, --version              print the version

exit codes: 0 done, 1 the run failed, 2 the command line or an input is wrong,
130 interrupted (143 by SIGTERM, 129 by SIGHUP); 70 comes from the runtime, where it
lacks the flag that --sandbox needs
`;
