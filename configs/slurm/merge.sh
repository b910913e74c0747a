#!/bin/bash
# Makes the outputs of a run of all its shards. Written by `retort submit` from configs/slurm/merge.sh.
# It runs when all tasks are over, whatever they came to; what is missing retort merge refuses.
set -u
@VALUES@

exec >>"$logs/merge.log" 2>&1
exec "${command[@]}"
