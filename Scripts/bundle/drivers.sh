# shellcheck shell=sh
# Read by run.sh: finds OpenCL drivers wherever they are, and makes them visible to every program
# that is started from then on.
#
# Packages register a driver by a file in /etc/OpenCL/vendors. Containers, and NVIDIA's library that
# is lent to them, often come without; then the library is there and no program sees it.

# Drivers by the name of their library: NVIDIA's, AMD's, Intel's for GPUs and for CPUs, PoCL.
driver_names='libnvidia-opencl.so.1 libamdocl64.so libigdrcl.so libintelocl.so libpocl.so.2'
# What NVIDIA's library opens by name.
nvidia_needs='libcuda.so.1 libnvidia-nvvm.so.4 libnvidia-nvvm70.so.4 libnvidia-ptxjitcompiler.so.1'

library_folders() {
  echo "${LD_LIBRARY_PATH-}" | tr ':' '\n'
  for folder in /usr/lib/x86_64-linux-gnu /usr/lib64 /lib/x86_64-linux-gnu /lib64 /usr/lib \
    /usr/local/nvidia/lib64 /usr/local/nvidia/lib /run/opengl-driver/lib /usr/lib/wsl/lib \
    /usr/lib64/nvidia /usr/lib/nvidia /usr/lib/nvidia-* /usr/lib/x86_64-linux-gnu/nvidia* \
    /opt/nvidia/lib64 /usr/local/lib64 /usr/local/lib /usr/lib/x86_64-linux-gnu/intel-opencl \
    /usr/lib64/intel-opencl /usr/lib/intel-opencl /usr/local/lib/intel-opencl \
    /opt/intel/oneapi/compiler/latest/lib /opt/rocm/lib /opt/rocm/opencl/lib /opt/rocm-*/lib \
    /opt/rocm-*/opencl/lib /opt/amdgpu*/lib/x86_64-linux-gnu; do
    echo "$folder"
  done
}

# Of 64 bits, as the fifth byte of the file says.
is_library() {
  [ -f "$1" ] && [ -r "$1" ] && [ "$(dd if="$1" bs=1 skip=4 count=1 2>/dev/null | tr '\002' 2)" = 2 ]
}

# Where the dynamic linker finds a library without being told, or nothing.
known_library() {
  linker_folders | while IFS= read -r folder; do
    if is_library "$folder/$1"; then echo "$folder/$1"; break; fi
  done
}

# Where the dynamic linker looks. Its cache lists sonames only, drivers are registered by file too.
linker_folders() {
  PATH=$PATH:/usr/sbin:/sbin ldconfig -p 2>/dev/null | sed -n 's|.*x86-64.*=> \(.*\)/[^/]*$|\1|p' | sort -u
  printf '%s\n' /lib/x86_64-linux-gnu /usr/lib/x86_64-linux-gnu /lib64 /usr/lib64 /lib /usr/lib
}

# The absolute path of a library, or nothing. Takes one without the link that ldconfig would make.
find_library() {
  found=$(known_library "$1")
  if [ -n "$found" ]; then echo "$found"; return; fi
  library_folders | while IFS= read -r folder; do
    [ -d "$folder" ] || continue
    for found in "$folder/$1" "$folder/$1".* "$folder/${1%.so*}.so".*; do
      if is_library "$found"; then echo "$found"; break 2; fi
    done
  done
}

# The library that a registration names, if it can be found from it.
registered_library() {
  line=$(head -n 1 "$1" 2>/dev/null | tr -d '\r')
  case $line in
    '') ;;
    /*) if [ -f "$line" ]; then echo "$line"; fi ;;
    *)
      {
        echo "${LD_LIBRARY_PATH-}" | tr ':' '\n'
        linker_folders
      } | while IFS= read -r folder; do
        if is_library "$folder/$line"; then echo "$folder/$line"; break; fi
      done ;;
  esac
}

# Whether some registration in the folder $1 reaches a library of the name $2.
is_registered() {
  for file in "$1"/*.icd; do
    case $(basename "$(registered_library "$file")") in "${2%.so*}".so*) return 0 ;; esac
  done
  return 1
}

add_library_folder() {
  case ":${LD_LIBRARY_PATH-}:" in
    *":$1:"*) ;;
    *) LD_LIBRARY_PATH=${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$1; export LD_LIBRARY_PATH ;;
  esac
}

# Registers what is not, in the folder $1 beside what the system has registered. Sets
# `registered_here` to a line a driver. Changes nothing where the environment says where drivers are.
find_drivers() {
  registered_here=
  [ -z "${OCL_ICD_VENDORS-}${OCL_ICD_FILENAMES-}" ] || return 0
  system_registry=${OPENCL_VENDOR_PATH:-/etc/OpenCL/vendors}
  for name in $driver_names; do
    is_registered "$system_registry" "$name" && continue
    library=$(find_library "$name")
    [ -n "$library" ] || continue
    echo "$library" >"$1/bitcl-${name%%.so*}.icd" || continue
    registered_here="$registered_here$library
"
    case $name in
      libnvidia-*)
        for need in "$name" $nvidia_needs; do
          [ -z "$(known_library "$need")" ] || continue
          needed=$(find_library "$need")
          case $needed in '' | */stubs/*) ;; *) add_library_folder "$(dirname "$needed")" ;; esac
        done ;;
    esac
  done
  [ -n "$registered_here" ] || return 0
  for file in "$system_registry"/*.icd; do
    # One that leads nowhere may be what was registered above under its right path.
    if [ -n "$(registered_library "$file")" ]; then cp "$file" "$1/"; fi
  done
  OCL_ICD_VENDORS=$1
  export OCL_ICD_VENDORS
}
