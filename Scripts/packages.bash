# Debian packages for the scripts beside this file, which source it. They define `script`, their name.

say() { echo "$script: $*" >&2; }
die() { say "error: $*"; exit 69; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# Why packages cannot be installed here at all, or nothing.
no_apt_reason() {
  if ! command -v apt-get >/dev/null; then
    echo "there is no apt-get"
  elif [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
    echo "neither root nor sudo"
  fi
}

run_apt_get() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 "$@" </dev/null >&2
}

# The package lists are fetched only if apt cannot install with those at hand, because they are
# absent (a fresh container) or too old (a listed file is gone from the mirror).
install_packages() {
  local command=(install --yes --no-install-recommends "$@")
  say "installing with apt-get: $*"
  if apt-get --simulate "${command[@]}" >/dev/null 2>&1 && run_apt_get "${command[@]}"; then return; fi
  say "fetching the package lists (apt-get update)"
  run_apt_get update && run_apt_get "${command[@]}"
}

# Looking for the files themselves rather than for packages also accepts what came from elsewhere.

# Whether a driver is registered with the loader: $1 is part of its library's name.
has_driver() {
  grep -qs "$1" /etc/OpenCL/vendors/*.icd "${OCL_ICD_VENDORS-}"/*.icd
}

# Oclgrind's library that is a driver; nothing where it is not installed.
oclgrind_driver() {
  find /usr/lib /usr/local/lib -name liboclgrind-rt-icd.so -print -quit 2>/dev/null
}
