#!/bin/sh
# Says what OpenCL this machine has and what it lacks, then proves and measures bitcl on all of it.
#
#   run.sh [--quick] [--limit SECONDS] [RESULTS]   everything; results go to the folder RESULTS
#   run.sh -- COMMAND [ARGUMENT ...]               one bitcl command, with the drivers found
#
# Exit code: 0 all passed; 1 a step failed; 2 nothing failed, but there is no OpenCL device.
# Needs a POSIX shell and the usual small tools; takes 'timeout' where it is there.
set -u
here=$(dirname -- "$(readlink -f -- "$0" 2>/dev/null || echo "$0")")
here=$(CDPATH='' cd -- "$here" && pwd -P) || exit 1
. "$here/drivers.sh"
. "$here/machine.sh"

usage() { sed -n '2,6s/^# \{0,1\}//p' "$0" >&2; exit 64; }

quick=no limit=1800 results=
while [ $# -gt 0 ]; do
  case $1 in
    --quick) quick=yes ;;
    --limit) [ $# -gt 1 ] || usage; limit=$2; shift ;;
    --) break ;;
    -*) usage ;;
    *) [ -z "$results" ] || usage; results=$1 ;;
  esac
  shift
done
case $limit in '' | *[!0-9]*) usage ;; esac

# A chroot may lack it.
if [ ! -e /proc/self/exe ]; then
  echo "run.sh: /proc is not there, and neither the program nor a driver works without it. As root: mount -t proc proc /proc" >&2
  exit 1
fi
scratch=$(mktemp -d 2>/dev/null) || { echo "run.sh: no folder for temporary files; set TMPDIR" >&2; exit 1; }
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
mkdir "$scratch/vendors"
find_drivers "$scratch/vendors"

# Runs a command for so many seconds at most; 124 if that was too short.
limited() {
  seconds=$1
  shift
  if command -v timeout >/dev/null; then
    timeout -k 10 "$seconds" "$@"
    return
  fi
  "$@" &
  process=$!
  (
    sleep "$seconds"
    kill "$process"
    sleep 10
    kill -9 "$process"
  ) >/dev/null 2>&1 &
  watchdog=$!
  wait "$process"
  code=$?
  kill "$watchdog" 2>/dev/null
  [ "$code" -ne 143 ] || code=124
  return "$code"
}

# The devices of a report of `bitcl devices`, as platform:device; unusable ones have no driver there.
device_ids() {
  awk -F'"' '/"driver"/ { device = 1 } /"id"/ { if (device) print $4; device = 0 }' "$1" 2>/dev/null
}

has_device() {
  limited 60 "$here/bitcl" devices --format json >"$1" 2>/dev/null
  [ -n "$(device_ids "$1")" ]
}

# The system's loader, unless the one that is carried along sees more.
choose_loader() {
  [ -z "${BITCL_OPENCL_LIBRARY-}" ] || return 0
  if has_device "$scratch/system.json"; then return; fi
  BITCL_OPENCL_LIBRARY=$here/opencl/libOpenCL.so.1
  export BITCL_OPENCL_LIBRARY
  if has_device "$scratch/carried.json"; then return; fi
  if grep -q '"library" : "' "$scratch/system.json"; then unset BITCL_OPENCL_LIBRARY; fi
}
choose_loader

if [ "${1-}" = -- ]; then
  shift
  "$here/bitcl" "$@"
  exit
fi

# ---- everything

name=bitcl-results-$(date +%Y%m%d-%H%M%S)
if [ -z "$results" ]; then
  results=$PWD/$name
  mkdir "$results" 2>/dev/null || results=${TMPDIR:-/tmp}/$name
fi
mkdir -p "$results" && results=$(CDPATH='' cd -- "$results" && pwd -P) && : >"$results/missing.txt" ||
  { echo "run.sh: cannot write to $results; name another folder" >&2; exit 1; }
began=$(date +%s)
failures=0
: >"$scratch/steps"

left() { echo $((limit - ($(date +%s) - began))); }

# step NAME SECONDS COMMAND...: runs it with its output shown and kept; goes on whatever happens.
step() {
  step=$1 most=$2 before=$(date +%s)
  shift 2
  if [ "$(left)" -lt "$most" ]; then most=$(left); fi
  printf '\n==== %s\n' "$step"
  if [ "$most" -lt 1 ]; then
    echo "not run: the $limit seconds are used up (--limit)"
    code=124
  else
    { "$@"; echo $? >"$scratch/code"; } 2>&1 | tee "$results/$step.txt"
    code=$(cat "$scratch/code")
  fi
  case $code in
    0) verdict=passed ;;
    124 | 137) verdict="FAILED: no end within $most s" ;;
    *) verdict="FAILED: exit code $code" ;;
  esac
  [ "$code" -eq 0 ] || failures=$((failures + 1))
  echo "$step|$(($(date +%s) - before))|$verdict" >>"$scratch/steps"
}

bitcl() { limited "$most" "$here/bitcl" "$@"; }

# Text for people, and the same as JSON.
both() {
  file=$1
  shift
  bitcl "$@" --format json >"$results/$file.json" || return
  bitcl "$@"
}

validate_all() {
  most_each=$((most / 2))
  bitcl validate --all --time-limit "$((most_each > 1 ? most_each : 1))" \
    --report "$results/validate.html" --json "$results/validate.json" "$here"/Samples/digit-*-a.png
}

# What PyTorch computed, tensor by tensor. Of the first failures all is shown.
goldens() {
  wrong=0 shown=0
  for device in $(device_ids "$results/devices.json") cpu; do
    count=0
    for model in "$here"/Fixtures/*; do
      count=$((count + 1))
      bitcl validate -q -d "$device" -m "$model" --golden "$model/golden.safetensors" >"$scratch/golden" 2>&1 &&
        continue
      wrong=1 shown=$((shown + 1))
      echo "$device: $(basename "$model") FAILED"
      [ $shown -gt 3 ] || sed 's/^/  /' "$scratch/golden"
    done
    echo "$device: $count goldens compared"
  done
  return $wrong
}

# The digits in Samples, labelled on every device: the names of the files say what they are.
samples() {
  wrong=0
  for device in $(device_ids "$results/devices.json") cpu; do
    file=$results/samples-$(echo "$device" | tr : -).csv
    bitcl classify -q --strict-device -d "$device" -k 1 --format csv "$here"/Samples/*.png >"$file" || wrong=1
    right=$(grep -cE 'digit-([0-9])-.*digit \1' "$file")
    all=$(ls "$here"/Samples/*.png | wc -l)
    [ "$right" -eq "$all" ] || wrong=1
    echo "$device: $right of $all samples have their label"
  done
  return $wrong
}

# Every device with the demo and with a network of full size, whose weights are random.
bench_all() {
  wrong=0 runs=100 time=10
  [ "$quick" = no ] || runs=5 time=2
  for device in $(device_ids "$results/devices.json") cpu; do
    bench demo "$device" -m demo --batch 1,8,32 || wrong=1
    if [ "$quick" = yes ]; then
      bench R50x1 "$device" -m random:R50x1 --size 224 --batch 1 || wrong=1
    else
      bench R50x1 "$device" -m random:R50x1 --size 224,448 --batch 1,8,32 || wrong=1
    fi
  done
  return $wrong
}

bench() {
  device=$2 file=$results/bench-$1-$(echo "$2" | tr : -).jsonl
  shift 2
  bitcl bench -q --strict-device -d "$device" --iterations $runs --limit $time "$@" --json "$file"
  code=$?
  echo
  return $code
}

# What each step of the network takes, by the device's own clock.
operations() {
  wrong=0 runs=3 time=10
  for device in $(device_ids "$results/devices.json"); do
    if [ "$quick" = yes ]; then
      bench operations "$device" -m random:R50x1 --size 224 --batch 1 --operations || wrong=1
    else
      bench operations "$device" -m random:R50x1 --size 224,448 --batch 1,8 --operations || wrong=1
    fi
  done
  return $wrong
}

echo "$("$here/bitcl" --version) on $(uname -n), $(date -u +%Y-%m-%dT%H:%M:%SZ); results: $results"
step machine 180 describe_machine
# Caches of its own: a first run is measured as one, and nothing is left behind.
for cache in XDG_CACHE_HOME POCL_CACHE_DIR CUDA_CACHE_PATH; do
  mkdir -p "$scratch/$cache"
  eval "$cache=\$scratch/\$cache; export $cache"
done
step devices 120 both devices devices
step self-check 120 bitcl devices --self-check
step validate 900 validate_all
step goldens 600 goldens
step samples 120 samples
step bench 1200 bench_all
step operations 300 operations

printf '\n==== summary\n'
while IFS='|' read -r step seconds verdict; do
  printf '%-10s %5s s  %s\n' "$step" "$seconds" "$verdict"
done <"$scratch/steps" | tee "$results/summary.txt"
if [ -s "$results/missing.txt" ]; then
  echo "missing on this machine:"
  sed 's/^/  /' "$results/missing.txt"
fi | tee -a "$results/summary.txt"
[ "$failures" -eq 0 ] || exit 1
[ -n "$(device_ids "$results/devices.json")" ] || { echo "no OpenCL device: only the built-in cpu was used"; exit 2; }
