#!/bin/sh
# Starts the product on this machine: base, demonstration data on an empty base, worker, web;
# for a demonstration the simulated smart-venue platform too, so that its halls are alive.
# Ctrl-C ends all processes. PORT and SIMULATOR_PORT choose other ports.
set -eu
python=$1
port=${PORT:-8501}
address="http://127.0.0.1:$port"
. "$(dirname "$0")/demonstration.sh"

free "$port" "PORT=8600 make run"
prepared
simulator=
if [ "$state" != real ]; then
	SPORTS_WALL_GUIDE_ADDRESS=$address # the wall is part of the product here
	export SPORTS_WALL_GUIDE_ADDRESS
	free "${SIMULATOR_PORT:-8512}" "SIMULATOR_PORT=8612 make run"
	simulated "${SIMULATOR_PORT:-8512}"
fi
"$python" manage.py worker &
worker=$!
"$python" manage.py serve --port "$port" &
web=$!
trap 'kill $web $worker $simulator 2>/dev/null || true; wait' EXIT
trap 'exit 0' INT TERM # how a person or systemd ends it: no failure

"$python" - "$address" <<'PY' || { echo "网页服务没有启动，原因见上。" >&2; exit 1; }
import sys, time, urllib.error, urllib.request

for _ in range(120):
    try:
        urllib.request.urlopen(sys.argv[1] + "/health", timeout=2)
        sys.exit(0)
    except (urllib.error.URLError, OSError):
        time.sleep(0.5)
sys.exit(1)
PY
echo
echo "重庆体育大数据中心已启动，请用浏览器打开：$address"
echo "展厅大屏：$address/kiosk/"
"$python" -m demo.accounts
echo "按 Ctrl-C 停止。"
wait $web
