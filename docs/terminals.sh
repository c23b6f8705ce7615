#!/usr/bin/env bash
# Take the screenshots of docs/terminal.md anew. On Debian they need the packages
# xvfb, xterm, xfce4-terminal, mlterm, dbus-x11, imagemagick and fonts-dejavu.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
shots=$PWD/docs/screenshots
work=$(mktemp -d)
export DISPLAY=:${DISPLAY_NUMBER:-77} LANG=C.UTF-8 LC_ALL=C.UTF-8
Xvfb "$DISPLAY" -screen 0 1600x1200x24 >"$work/server" 2>&1 &
server=$!
trap 'kill "$server"; rm -rf "$work"' EXIT
sleep 2

# Write the settings of the terminal of Xfce, which has no options for its colors.
configure_vte() {
    mkdir -p "$work/home/xfce4/terminal"
    cat >"$work/home/xfce4/terminal/terminalrc" <<CONFIGURATION
[Configuration]
FontName=DejaVu Sans Mono 10
FontUseSystem=FALSE
ColorForeground=$1
ColorBackground=$2
ColorUseTheme=FALSE
MiscBordersDefault=FALSE
ScrollingBar=TERMINAL_SCROLLBAR_NONE
CONFIGURATION
}

# shoot NAME TERMINAL COLUMNSxROWS dark|light COMMAND
shoot() {
    local name=$1 terminal=$2 size=$3 ink='#d8d8d8' paper='#1c1c1c'
    [[ $4 == dark ]] || ink='#1c1c1c' paper='#ffffff'
    rm -f "$work/done"
    cat >"$work/command" <<COMMAND
echo \$\$ >'$work/shell'
clear
printf '\$ %s\n' '$5'
$5
touch '$work/done'
exec sleep 60
COMMAND
    case $terminal in
        xterm)
            xterm -u8 -fa 'DejaVu Sans Mono' -fs 10 -geometry "$size" -fg "$ink" -bg "$paper" \
                -e bash "$work/command" &
            ;;
        mlterm)
            mlterm -w 15 -g "$size" -f "$ink" -b "$paper" -O none -e bash "$work/command" &
            ;;
        vte)
            configure_vte "$ink" "$paper"
            XDG_CONFIG_HOME=$work/home dbus-run-session -- xfce4-terminal --disable-server \
                --hide-menubar --hide-scrollbar --geometry "$size" -x bash "$work/command" &
            ;;
    esac 2>/dev/null
    local shown=$!
    for _ in {1..100}; do
        [[ -e $work/done ]] && break
        sleep 0.2
    done
    sleep 1
    import -window root "$work/root.png"
    convert "$work/root.png" -trim +repage -colors 48 -strip "PNG8:$shots/terminal-$name.png"
    kill "$shown" 2>/dev/null || true
    kill "$(<"$work/shell")" 2>/dev/null || true # a terminal may outlive its shell no more
    sleep 0.5
}

check='dedupe check samples/002.txt samples/003.txt samples/004.txt'
explain='dedupe explain samples/002.txt:2 samples/003.txt:2'
shoot scan-xterm xterm 80x44 dark 'dedupe scan samples/'
shoot scan-vte vte 80x44 dark 'dedupe scan samples/'
shoot scan-mlterm mlterm 80x44 light 'dedupe scan samples/'
shoot check-vte vte 120x24 light "$check"
shoot explain-xterm xterm 80x48 light "$explain"
shoot explain-vte vte 80x48 light "$explain"
shoot diff-vte vte 80x20 dark 'dedupe clean --diff samples/003.txt'
