#!/bin/bash
# Splits one `tilewise map` over the tasks of a Slurm array job, with a last step that waits for all of them.
#
#   submit.sh TASKS [OPTIONS OF SBATCH] -- ARGUMENTS OF MAP
#
#   submit.sh 64 --partition=short --mem=16G -- \
#     --input tmp=in.zarr/tmp --input rad=in.zarr/rad --expr "tmp * rad" --output vpd=out.zarr/vpd
#
# Prints the numbers of the array job and of the last step. To run some tasks again (what is done is not computed again):
#
#   TILEWISE_ONLY=3,17 submit.sh 64 ... -- ...
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

usage() {
  echo "submit.sh: $1" >&2
  echo "usage: submit.sh TASKS [OPTIONS OF SBATCH] -- ARGUMENTS OF MAP" >&2
  exit 2
}

tasks=${1:-}
[[ $tasks =~ ^[1-9][0-9]*$ ]] || usage "expected how many tasks there shall be, not '$tasks'"
shift

options=()
while (($#)) && [[ $1 != -- ]]; do
  options+=("$1")
  shift
done
(($#)) || usage "expected -- before the arguments of map"
shift

# The outputs are what the last step looks at: --output NAME=STORE and --output=NAME=STORE.
outputs=()
reduction=
previous=
for word in "$@"; do
  case $previous in --output) outputs+=("${word#*=}") ;; esac
  case $word in
    --output=*=*) outputs+=("${word#--output=*=}") ;;
    --reduce | --reduce=*) reduction=1 ;;
    --shard | --shard=*) usage "leave --shard to the tasks" ;;
  esac
  previous=$word
done
((${#outputs[@]})) || usage "expected an --output in a store, such as vpd=out.zarr/vpd"

export TILEWISE_SHARDS=$tasks TILEWISE_REDUCTION=$reduction

# What sbatch prints may have the cluster's name behind a semicolon.
array=$(sbatch --parsable --array="${TILEWISE_ONLY:-0-$((tasks - 1))}" "${options[@]}" "$here/tilewise.sbatch" "$@")
array=${array%%;*}
# Where a task fails for good, the last step would wait for ever: it is cancelled instead.
finish=$(sbatch --parsable --dependency="afterok:$array" --kill-on-invalid-dep=yes ${TILEWISE_FINISH_OPTIONS:-} \
  "$here/finish.sbatch" "${outputs[@]}")
echo "array ${array} finish ${finish%%;*}"
