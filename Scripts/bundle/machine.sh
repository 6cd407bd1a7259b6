# shellcheck shell=sh disable=SC2154
# Read by run.sh: what of a GPU and of OpenCL this machine has, and what it lacks.

section() { printf '\n-- %s\n' "$*"; }

# The GPUs on the PCI bus, driver or not: "VENDOR:DEVICE" a line.
pci_gpus() {
  for device in /sys/bus/pci/devices/*; do
    case $(cat "$device/class" 2>/dev/null) in
      0x03*) echo "$(cut -c 3- "$device/vendor"):$(cut -c 3- "$device/device")" ;;
    esac
  done
}

describe_system() {
  section system
  uname -srm
  sed -n 's/^PRETTY_NAME=//p' /etc/os-release 2>/dev/null
  getconf GNU_LIBC_VERSION 2>/dev/null || ldd --version 2>&1 | head -n 1
  echo "$(getconf _NPROCESSORS_ONLN 2>/dev/null) x$(sed -n 's/^model name.*://p' /proc/cpuinfo 2>/dev/null | head -n 1)"
  sed -n 's/^MemTotal: */memory /p' /proc/meminfo 2>/dev/null
  echo "user $(id 2>/dev/null)"
  env | grep -E '^(OCL_|OPENCL_|POCL_|RUSTICL_|BITCL_|CUDA_|NVIDIA_|GPU_|ROCR_|HIP_|LD_LIBRARY_PATH)' | sort
}

describe_gpus() {
  [ -e /sys/devices ] || lacks "/sys is not there; drivers look for devices in it (as root: mount -t sysfs sysfs /sys)"
  section GPUs on the PCI bus
  gpus=$(pci_gpus)
  echo "${gpus:-none that can be seen}"
  section device nodes
  nodes=$(ls -ld /dev/dri/* /dev/nvidia* /dev/kfd /dev/dxg 2>/dev/null)
  echo "${nodes:-none of /dev/dri /dev/nvidia* /dev/kfd /dev/dxg}"
  for node in /dev/dri/render* /dev/nvidiactl /dev/nvidia[0-9]* /dev/kfd /dev/dxg; do
    [ ! -e "$node" ] || { [ -r "$node" ] && [ -w "$node" ]; } ||
      lacks "this user may not open $node (usually: usermod -aG render,video USER, and log in again)"
  done
  section NVIDIA
  cat /proc/driver/nvidia/version 2>/dev/null || echo "no kernel driver (/proc/driver/nvidia/version)"
  smi=$(PATH=$PATH:/usr/local/nvidia/bin:/usr/lib/wsl/lib:/run/current-system/sw/bin command -v nvidia-smi)
  if [ -n "$smi" ]; then
    limited 30 "$smi" || lacks "$smi fails: the NVIDIA driver does not work"
    limited 30 "$smi" --format=csv --query-gpu=name,driver_version,memory.total,clocks.max.sm,clocks.max.mem,power.limit,pcie.link.gen.current,pcie.link.width.current
  else
    echo "no nvidia-smi"
  fi
}

describe_opencl() {
  section OpenCL loaders
  PATH=$PATH:/usr/sbin:/sbin ldconfig -p 2>/dev/null | grep libOpenCL || echo "none that ldconfig knows"
  section "registered drivers (${OPENCL_VENDOR_PATH:-/etc/OpenCL/vendors})"
  for file in "${OPENCL_VENDOR_PATH:-/etc/OpenCL/vendors}"/*.icd; do
    [ -e "$file" ] && echo "$file: $(head -n 1 "$file") -> $(registered_library "$file")"
  done
  section drivers that are not registered, and are used here all the same
  echo "${registered_here:-none}"
  [ -z "${OCL_ICD_VENDORS-}" ] || echo "OCL_ICD_VENDORS=$OCL_ICD_VENDORS"
  section libraries that are not found
  "$here/bitcl" --version >/dev/null 2>&1 ||
    lacks "bitcl does not start here: it needs $(cat "$here/NEEDS.txt" 2>/dev/null) (see gpu-bundle's --sysroot)"
  for library in "$here/bitcl" "$here"/*.so* "$here"/opencl/*.so* $(driver_libraries); do
    absent=$(missing_for "$library")
    [ -z "$absent" ] || lacks "$library needs: $absent"
  done
}

# The libraries behind the registrations that programs see now.
driver_libraries() {
  for file in "${OCL_ICD_VENDORS:-${OPENCL_VENDOR_PATH:-/etc/OpenCL/vendors}}"/*.icd; do
    [ -e "$file" ] && registered_library "$file"
  done
}

# What the dynamic linker does not find for a library, on one line.
missing_for() {
  if command -v ldd >/dev/null; then
    limited 20 ldd "$1" 2>&1
  else
    LD_TRACE_LOADED_OBJECTS=1 limited 20 /lib64/ld-linux-x86-64.so.2 "$1" 2>&1
  fi | grep -E 'not found|error' | tr -s '\t\n' ' '
}

# Prints the line and keeps it for the summary.
lacks() {
  echo "MISSING: $*"
  echo "$*" >>"$results/missing.txt"
}

# Where a GPU is there and its library is not: how it usually comes.
explain_gpus() {
  for gpu in $(pci_gpus | cut -d: -f1 | sort -u); do
    case $gpu in
      10de)
        [ -e /proc/driver/nvidia/version ] ||
          lacks "an NVIDIA GPU without its kernel driver (Debian: nvidia-driver)"
        [ -e /dev/nvidiactl ] ||
          lacks "an NVIDIA GPU without /dev/nvidiactl (container: --gpus all; else run nvidia-smi once as root)"
        [ -n "$(find_library libnvidia-opencl.so.1)" ] ||
          lacks "an NVIDIA GPU without libnvidia-opencl.so.1 (container: NVIDIA_DRIVER_CAPABILITIES=compute,utility; Debian: nvidia-opencl-icd)" ;;
      1002)
        [ -n "$(find_library libamdocl64.so)$(find_library libRusticlOpenCL.so.1)" ] ||
          lacks "an AMD GPU without an OpenCL driver (ROCm: rocm-opencl-runtime; Debian: mesa-opencl-icd)" ;;
      8086)
        [ -n "$(find_library libigdrcl.so)" ] ||
          lacks "an Intel GPU without its OpenCL driver (Debian: intel-opencl-icd)" ;;
    esac
  done
}

describe_machine() {
  describe_system
  describe_gpus
  describe_opencl
  explain_gpus
}
