#!/usr/bin/env bash
# Two thousand people answering at once, on PostgreSQL. See README.md.   bench/sitting/run.sh [PEOPLE] [SECONDS]
# They come within COME seconds (200); what is measured begins SETTLE seconds (40) after the last has come, when what piled up
# while people began is worked off. A test has up to 24 questions, eight minutes: in the usual time nobody comes to the end of one.
set -euo pipefail
cd "$(dirname "$0")/../.."
PEOPLE=${1:-2000} SECONDS_LONG=${2:-120} COME=${COME:-200} SETTLE=${SETTLE:-40}
PYTHON=${PYTHON:-.venv/bin/python} LOCUST=${LOCUST:-/tmp/locust/bin/locust}
export PYTHONPATH=$PWD/src
# A province that a run before made may be used again: KEEP=DIR.
WORK=${KEEP:-$(mktemp -d)}; mkdir -p "$WORK"; chmod 711 "$WORK"
export CHIAKHOA_DATA=$WORK/data
BIN=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
as_postgres() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
free_port() { "$PYTHON" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

stop() {
  [ -n "${WEB:-}" ] && kill "$WEB" 2>/dev/null && wait "$WEB" 2>/dev/null || true
  as_postgres "$BIN/pg_ctl" -D "$WORK/pg/data" -m fast -s stop 2>/dev/null || true
  [ -n "${KEEP:-}" ] || rm -rf "$WORK"
}
trap stop EXIT

NEW=0; [ -d "$WORK/pg/data" ] || NEW=1
PGPORT=$(free_port)
if [ $NEW = 1 ]; then
  mkdir -p "$WORK/pg"; chmod 700 "$WORK/pg"; [ "$(id -u)" = 0 ] && chown postgres "$WORK/pg"
  as_postgres "$BIN/initdb" -D "$WORK/pg/data" -A trust -U chiakhoa -E UTF8 --locale=C >/dev/null
fi
as_postgres "$BIN/pg_ctl" -D "$WORK/pg/data" -w -s -l "$WORK/pg/log" \
  -o "-p $PGPORT -c listen_addresses=127.0.0.1 -c unix_socket_directories=$WORK/pg" start
export CHIAKHOA_DATABASE=postgresql://chiakhoa@127.0.0.1:$PGPORT/postgres

if [ $NEW = 1 ]; then
  "$PYTHON" -m chiakhoa demo --people 2400
  "$PYTHON" bench/sitting/people.py 2000 "$WORK/sessions"
fi
PORT=$(free_port)
"$PYTHON" -m chiakhoa serve --port "$PORT" >"$WORK/web.log" 2>&1 &
WEB=$!
until curl -sf -o /dev/null "http://127.0.0.1:$PORT/livez"; do sleep 0.5; done

cpu() { # seconds of processor time of a process and its children, those that have ended too
  ps -o pid= --pid "$1" --ppid "$1" | while read -r pid; do awk '{ print $14 + $15 + $16 + $17 }' "/proc/$pid/stat"; done 2>/dev/null |
    awk -v hz="$(getconf CLK_TCK)" '{ t += $1 } END { printf "%.0f", t / hz }'
}
all_cpu() { awk '/^cpu / { print ($2 + $3 + $4 + $7 + $8), $6, $9 }' /proc/stat; }

POSTMASTER=$(head -n 1 "$WORK/pg/data/postmaster.pid")
GRANIAN=$(pgrep -f "granian.*--port $PORT" | head -n 1)

echo "$(nproc) processors, load $(cut -d' ' -f1-3 /proc/loadavg) before; $PEOPLE people, $SECONDS_LONG s"
SESSIONS=$WORK/sessions SETTLE=$SETTLE "$LOCUST" -f bench/sitting/locustfile.py --headless --only-summary --loglevel ERROR \
  --host "http://127.0.0.1:$PORT" -u "$PEOPLE" -r "$(((PEOPLE + COME - 1) / COME))" -t "$((COME + SETTLE + SECONDS_LONG))s" --stop-timeout 5 \
  >"$WORK/locust.log" 2>&1 &
LOCUSTS=$!
sleep "$((COME + SETTLE))"
BUSY=$(all_cpu) SERVER=$(cpu "$GRANIAN") DATABASE=$(cpu "$POSTMASTER")
wait "$LOCUSTS" || true
sed -n '/count  failed/,/^Type/p' "$WORK/locust.log" | sed '$d'
echo "processor seconds: server $(($(cpu "$GRANIAN") - SERVER)), PostgreSQL $(($(cpu "$POSTMASTER") - DATABASE))"
echo "all processes of the machine: $(echo "$BUSY" "$(all_cpu)" | awk -v hz="$(getconf CLK_TCK)" '{ printf "%.0f s busy, %.0f s waiting for the disk, %.0f s stolen", ($4 - $1) / hz, ($5 - $2) / hz, ($6 - $3) / hz }') of $(($(nproc) * SECONDS_LONG)) s; load $(cut -d' ' -f1-3 /proc/loadavg) after"
