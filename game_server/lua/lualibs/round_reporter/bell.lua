-- A named pipe at which a shell waits: the frame in which a round ends has its report sent by writing a line there, for
-- starting a process would take longer than all else it does. Should the shell have been killed, the report is in the spool
-- and leaves with the next sweep, like that of a sender that was killed.

local bell = {}

-- Takes away one that an earlier server left; the next sweep hangs a new one.
function bell.take_down(folder)
  os.remove(folder .. "/bell")
end

-- Has `name` sent to each of these targets; texts of our own letters only. False when nobody waits. Opened for reading too:
-- for writing alone it would wait for a reader.
function bell.ring(folder, targets, name, spooled_total)
  local pipe = io.open(folder .. "/bell", "r+")
  if not pipe then return false end
  local lines = {}
  for i = 1, #targets do lines[i] = ("%s %s %.0f\n"):format(targets[i], name, spooled_total) end
  local is_written, is_closed = pipe:write(table.concat(lines)), pipe:close()
  return is_written and is_closed and true or false
end

return bell
