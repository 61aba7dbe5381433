# Read by run.sh and wall.sh: what a demonstration needs beside the program itself. `$python` is set.

# free PORT COMMAND-WITH-ANOTHER: ends with a sentence where something listens there already.
free() {
	if "$python" -c 'import socket, sys; sys.exit(socket.socket().connect_ex(("127.0.0.1", int(sys.argv[1]))))' "$1"; then
		echo "端口 $1 已被占用（可能已经启动过）。请先停止它，或换一个端口：$2" >&2
		exit 1
	fi
}

# prepared: schema and, on an empty base, the demonstration; sets `state` to real for anything but a demonstration.
prepared() {
	"$python" manage.py init
	state=$("$python" manage.py status --json | "$python" -c '
import json, sys
status = json.load(sys.stdin)
installed = status["kind"] == "empty" and status["tables"].get("admin_account")
print("real" if installed else status["demo_state"] or status["kind"])')
	case $state in
	empty | building) # a demonstration that was interrupted goes on where it stopped
		echo "正在生成演示数据（约一分钟）……"
		"$python" manage.py demo
		;;
	esac
}

# simulated PORT: the smart-venue platform's simulator, and where worker and wall find it; sets `simulator`.
simulated() {
	SPORTS_SMART_VENUE_TOKEN=$("$python" -c 'import secrets; print(secrets.token_urlsafe(24))')
	SPORTS_SMART_VENUE_URL="http://127.0.0.1:$1/api/readings"
	SPORTS_SMART_VENUE_LIVE_URL="http://127.0.0.1:$1/api/live"
	SPORTS_SOURCES_ENABLED=${SPORTS_SOURCES_ENABLED:-smart_venue_reading,smart_venue_live}
	SPORTS_WALL_OPENING="周一-周日 00:00-24:00,节假日 00:00-24:00" # a real hall follows config.toml
	export SPORTS_SMART_VENUE_TOKEN SPORTS_SMART_VENUE_URL SPORTS_SMART_VENUE_LIVE_URL SPORTS_SOURCES_ENABLED
	export SPORTS_WALL_OPENING
	"$python" manage.py simulate venues --port "$1" &
	simulator=$!
}
