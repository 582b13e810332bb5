-- The shell script that waits beside a game server for the word that a report is in the spool, and starts its senders. Each
-- sweep starts one, which takes the place of the one before and outlives the time to the next sweep by a little.
return [==[
# usage: bell.sh DIR   (bash)
set -uf
umask 077
trap '' HUP
LOOK=1 LONGEST=75

bell=$1/bell own=$1/tmp/bell.$$ begun=''
{ mkfifo "$own" && exec 3<>"$own" && mv -f "$own" "$bell"; } 2>/dev/null || { rm -f "$own"; exit 0; }

# Sets $line within so many seconds, or fails. What has come of a line by then is not lost: the rest of it will come.
hear() {
    IFS= read -r -t "$1" -u 3 line
    heard=$?
    begun=$begun$line
    [ $heard -eq 0 ] || return 1
    line=$begun begun=''
}

until hear $LOOK; do
    [ "$bell" -ef /dev/fd/3 ] || exit 0
    [ $SECONDS -ge $LONGEST ] || continue
    rm -f "$bell"
    hear 1 && break # rung meanwhile
    exit 0
done

# A line a target: its name, the file's, and how many were spooled so far. Whoever comes after the last one finds no bell.
while
    set -- "$1" $line
    "$BASH" "$1/sender.sh" upload "$1" "$2" "$3" "$4" 3>&- &
    hear 0.1
do
    :
done
[ "$bell" -ef /dev/fd/3 ] && rm -f "$bell"
exit 0
]==]
