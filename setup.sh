# Sourced by ./run and ./test: makes .venv once and keeps it in step with the hash-locked requirements.
PYTHON=${PYTHON:-$(command -v python3.11 || command -v python3 || true)}

prepare() { # prepare runtime|test
  local wanted stamp=.venv/installed
  [ -n "$PYTHON" ] || { echo "Python 3.11 or later is needed: apt-get install python3 python3-venv" >&2; exit 1; }
  "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed, this is $("$PYTHON" --version)" >&2; exit 1; }
  wanted=$(sha256sum <requirements/"$1".txt | cut -c1-16)
  # What ./test installed holds all that ./run needs.
  if [ "$1" = runtime ] && grep -qs "^test $(sha256sum <requirements/test.txt | cut -c1-16)" "$stamp"; then return; fi
  if grep -qs "^$1 $wanted" "$stamp"; then return; fi
  echo "Setting up .venv ($1) …" >&2
  [ -x .venv/bin/python ] || "$PYTHON" -m venv .venv || { echo "The venv module is missing: apt-get install python3-venv" >&2; exit 1; }
  # The venv module brings setuptools along; nothing here needs its ten megabytes.
  .venv/bin/python -m pip uninstall --quiet --yes --disable-pip-version-check setuptools 2>/dev/null || true
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r requirements/"$1".txt
  # numpy and scipy ship their own tests, 25 MB that nobody runs here.
  find .venv/lib/python3*/site-packages/{numpy,scipy} -type d -name tests -prune -exec rm -rf {} +
  .venv/bin/python - <<'PY'
import pathlib, site
pathlib.Path(site.getsitepackages()[0], "chiakhoa.pth").write_text(str(pathlib.Path("src").resolve()))
PY
  printf '%s %s\n' "$1" "$wanted" >"$stamp"
}
