#!/bin/bash
# One task of a job array, which makes one shard of a run. Written by `retort submit` from
# configs/slurm/run.sh. $1: the shard of the array's task 0.
set -u
@VALUES@

: "${SLURM_ARRAY_TASK_ID:?is set by sbatch --array=0-N}"
# The number of shards is said, since Slurm's own numbers are wrong for an array of which only a part is submitted again.
shard=$((${1:-0} + SLURM_ARRAY_TASK_ID))
restart=${SLURM_RESTART_COUNT:-0}
# Not SLURM_JOB_ID: of an array's last task that is the number of the whole array.
task=${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID

say() { printf '%s retort submit: %s\n' "$(date +%FT%T)" "$*"; }

exec >>"$(printf '%s/%04d-of-%04d.%d.log' "$logs" "$shard" "$shards" "$restart")" 2>&1
say "shard $shard/$shards, job $task on ${SLURMD_NODENAME:-$(hostname)}, restart $restart of at most $restarts"

# When the time limit is over: Slurm says it to a job from 23.02 on, before that to who asks.
if [[ -z ${SLURM_JOB_END_TIME:-} ]]; then
  end=$(squeue --noheader --jobs="$task" --format=%e 2>/dev/null) &&
    end=$(date --date="$end" +%s 2>/dev/null) && export SLURM_JOB_END_TIME="$end"
fi

# Slurm's warning comes to this shell, and a signal may do so: retort must hear of both. It may have
# heard already, and SIGUSR1 it can hear as often as you like.
retort='' warned='' stopping='' interrupted=''
stop() {
  stopping=1 interrupted=1
  [[ -z $retort ]] || kill -USR1 "$retort" 2>/dev/null
}
trap 'warned=1; stop' USR1
trap stop TERM INT

# What a used-up budget ends with: only a person can raise that.
export RETORT_BUDGET_STATUS=76

"${command[@]}" --shard "$shard/$shards" </dev/null &
retort=$!
[[ -z $stopping ]] || stop

# A signal ends `wait`, not what it waits for.
status=0 interrupted=1
while [[ -n $interrupted ]]; do
  interrupted=''
  wait "$retort"
  status=$?
done
# Before it could listen, the signal ended it.
((status != 138)) || status=75
say "shard $shard/$shards ended with status $status"

if ((status == 76)); then
  say "the budget is used up, and it is not begun again: raise it, and the same retort submit goes on"
  exit 75
fi
# 75 is stopped and resumable. What Slurm's warning has stopped goes on behind the time limit; what was
# cancelled does not, and what was preempted Slurm itself begins again.
((status == 75)) || exit "$status"
if [[ -n $stopping && -z $warned ]]; then
  say "stopped by a signal, and not begun again"
  exit "$status"
fi
if ((restart >= restarts)); then
  say "restarted $restart times already: not again; the same retort submit goes on"
  exit "$status"
fi
if ! refused=$(scontrol requeue "$task" 2>&1); then
  say "could not be begun again: ${refused//$'\n'/ }; the same retort submit goes on"
  exit "$status"
fi
say "begins again"
sleep 60 & # until Slurm ends it
wait
exit "$status"
