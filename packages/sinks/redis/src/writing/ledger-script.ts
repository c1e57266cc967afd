// The script that writes rows together with their place in the ledger. A script runs alone, so either both are there or neither;
// an error in the middle of a script undoes nothing, so everything that can fail is looked at before the first write.
//
// The ledger of one output operation is a hash, and a sorted set of its batches:
//
//   ledger    5000          3        the batch of time 5000 has 3 partitions
//             5000:0        2000     2,000 records of partition 0 are written, more follow
//             5000:1        417!     partition 1 is written, with 417 records
//             forgotten     4000     the newest batch that was dropped
//   batches   5000, 6000, …          for dropping the oldest

/** The answers of the script. */
export type ScriptAnswer =
  | readonly ['written' | 'known' | 'rolled-back']
  | readonly ['partitions', before: string]
  | readonly ['forgotten', newest: string]
  | readonly ['type', key: string, type: string];

/**
 * KEYS: ledger, batches, keys of rows, each once. ARGV: form, time, partition, partitions, number of rows before, number of rows,
 * 1 for the last call, kept batches, field and time of the last confirmed write, length or expiry, the number of the key of all
 * rows, the number of parts of all rows; then of each row: the number of its key and the number of parts, where they are not
 * those of all rows, and the parts.
 */
export const LEDGER_SCRIPT = `
local ledger, batches = KEYS[1], KEYS[2]
local form, time, partition, partitions = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local from, count, isLast, keep = tonumber(ARGV[5]), tonumber(ARGV[6]), ARGV[7] == '1', tonumber(ARGV[8])
local lastField, lastTime, limit = ARGV[9], ARGV[10], ARGV[11]
local field = time .. ':' .. partition

local known = redis.call('HGET', ledger, time)
if known and known ~= partitions then return {'partitions', known} end
local forgotten = tonumber(redis.call('HGET', ledger, 'forgotten') or '-1')
if lastField ~= '' and tonumber(lastTime) > forgotten and redis.call('HEXISTS', ledger, lastField) == 0 then
  return {'rolled-back'}
end
if not known and tonumber(time) <= forgotten then return {'forgotten', tostring(forgotten)} end
local progress = redis.call('HGET', ledger, field) or '0'
if string.sub(progress, -1) == '!' then return {'known'} end
local done = tonumber(progress)
if done < from then return {'rolled-back'} end
for index = 3, #KEYS do
  local type = redis.call('TYPE', KEYS[index]).ok
  if type ~= 'none' and type ~= form then return {'type', KEYS[index], type} end
end

local at = 14
for index = 1, count do
  local number, parts, first = ARGV[12], ARGV[13], at
  if number == '' then
    number = ARGV[first]
    first = first + 1
  end
  if parts == '' then
    parts = ARGV[first]
    first = first + 1
  end
  parts = tonumber(parts)
  local key, last = KEYS[2 + number], first + parts - 1
  if from + index > done then
    if parts == 0 then redis.call('DEL', key)
    elseif form == 'stream' and limit ~= '' then
      redis.call('XADD', key, 'MAXLEN', '~', limit, '*', unpack(ARGV, first, last))
    elseif form == 'stream' then redis.call('XADD', key, '*', unpack(ARGV, first, last))
    elseif form == 'list' then redis.call('RPUSH', key, ARGV[first])
    else
      if form == 'hash' then redis.call('HSET', key, unpack(ARGV, first, last))
      else redis.call('SET', key, ARGV[first]) end
      if limit ~= '' then redis.call('PEXPIRE', key, limit) end
    end
  end
  at = last + 1
end

redis.call('HSET', ledger, time, partitions, field, math.max(done, from + count) .. (isLast and '!' or ''))
if not known then
  redis.call('ZADD', batches, time, time)
  while redis.call('ZCARD', batches) > keep do
    local oldest = redis.call('ZPOPMIN', batches)[1]
    for old = 0, tonumber(redis.call('HGET', ledger, oldest) or '0') - 1 do
      redis.call('HDEL', ledger, oldest .. ':' .. old)
    end
    redis.call('HDEL', ledger, oldest)
    if tonumber(oldest) > forgotten then forgotten = tonumber(oldest) end
    redis.call('HSET', ledger, 'forgotten', string.format('%.0f', forgotten))
  end
end
return {'written'}
`;
