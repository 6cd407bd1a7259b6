# For scripts that hold this program against the Python libraries: an environment of their own.
# Sets `python`. The packages are several GB; they go to the user's cache, never into the checkout.

die() {
  echo "$(basename "$0"): $*" >&2
  exit 69
}

# use_python PACKAGE…: an interpreter that imports all of them, BITCL_PYTHON's or one made here.
use_python() {
  local folder=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/bitcl/python
  python=${BITCL_PYTHON:-$folder/bin/python}
  if imports "$@"; then return; fi
  [ -z "${BITCL_PYTHON:-}" ] || die "$BITCL_PYTHON does not import $*. Install them there"
  echo "Installing $* into $folder (once, several GB)" >&2
  python3 -m venv "$folder" >&2 ||
    die "cannot make a Python environment in $folder. Try: apt install python3-venv"
  "$python" -m pip install --quiet "$@" >&2 ||
    die "pip could not install $* (is there a network?). Or name a Python that has them: BITCL_PYTHON"
  imports "$@" || die "$folder does not import $* although pip installed them. Remove it and try again"
}

imports() {
  [ -x "$python" ] && "$python" -c 'import importlib.util, sys
missing = [p for p in sys.argv[1:] if not importlib.util.find_spec({"pillow": "PIL"}.get(p, p))]
sys.exit(bool(missing))' "$@" 2>/dev/null
}
