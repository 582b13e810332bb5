-- The shell script that waits beside a game server for the word that a report is in the spool, and starts its senders. Each
-- sweep starts one, which takes the place of the one before and outlives the time to the next sweep by a little.
return [==[
# usage: bell.sh DIR   (bash)
set -u
umask 077
trap '' HUP
LOOK=1 LONGEST=75

bell=$1/bell own=$1/tmp/bell.$$
{ mkfifo "$own" && exec 3<>"$own" && mv -f "$own" "$bell"; } 2>/dev/null || { rm -f "$own"; exit 0; }

while ! read -r -t $LOOK -u 3 target name spooled; do
    [ "$bell" -ef /dev/fd/3 ] || exit 0
    [ $SECONDS -ge $LONGEST ] || continue
    rm -f "$bell"
    read -r -t 1 -u 3 target name spooled && break # rung meanwhile
    exit 0
done

# A line a target. Whoever comes after the last one finds no bell.
while
    "$BASH" "$1/sender.sh" upload "$1" "$target" "$name" "$spooled" 3>&- &
    read -r -t 0.1 -u 3 target name spooled
do
    :
done
[ "$bell" -ef /dev/fd/3 ] && rm -f "$bell"
exit 0
]==]
