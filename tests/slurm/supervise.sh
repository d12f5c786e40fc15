#!/bin/bash
# Runs munged, slurmctld and slurmd in a folder that has their configuration, until its own standard input ends: when
# whoever started it says so, or is gone. Then it ends all jobs and daemons and removes the folder.
set -u
folder=$1
cd "$folder" || exit 1
# Ctrl-C is for the one who started this.
trap '' INT TERM HUP

munged --foreground --force --key-file="$folder/munge.key" --socket="$folder/munge.socket" \
  --pid-file="$folder/munged.pid" --seed-file="$folder/munge.seed" --log-file="$folder/munged.log" &
daemons=($!)
for ((k = 0; k < 100; k++)); do
  [[ -S munge.socket ]] && break
  sleep 0.1
done
slurmctld -D -i &
daemons+=($!)
slurmd -D &
daemons+=($!)

cat >/dev/null

me=$(id -un)
timeout 10 scancel --full --signal=KILL --user "$me"
timeout 10 scancel --user "$me"
for ((k = 0; k < 100; k++)); do
  [[ -z $(timeout 10 squeue --noheader) ]] && break
  sleep 0.1
done

# The last that was started ends first.
for ((k = ${#daemons[@]} - 1; k >= 0; k--)); do
  daemon=${daemons[k]}
  kill -TERM "$daemon"
  for ((wait = 0; wait < 100; wait++)); do
    kill -0 "$daemon" || break
    sleep 0.1
  done
  kill -KILL "$daemon"
  wait "$daemon"
done
rm -rf "$folder"
