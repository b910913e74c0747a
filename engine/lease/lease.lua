-- What the tasks that share an account's quotas, or a run's budget, hold of them (lease.md). Run by
-- Redis or Valkey, each time whole and alone, and by the tests in a Lua of their own.
--
--   KEYS      one for each pool asked about; what a pool keeps stands in that key, its places by
--             member among it, and in key:m (its members by when they last asked), key:h (those who
--             wait)
--   ARGV      member, 1 (0: it leaves), then for each pool:
--     q claimed waits kinds (kind rate want least back)... most held busy want again
--     b shard epoch claimed measures (measure cap base held want least)...
--   reply     for each pool, all as text:
--     q members (grant rate)... places
--     b epoch members (held committed free)..., or "" where base is needed and not known: the pool is
--       not there, or was not asked about for GAP; the epoch is to be said again the next time
--
-- Amounts are what the caller counts in, times are milliseconds of the pool's own clock: it goes as
-- the server's does while somebody asks, by no more than TICK from one call to the next, so a jump
-- of that clock and an hour without Redis are no time.
--
-- A server that was down may come back empty, or with what it knew some time ago (its snapshot). So a
-- pool that nobody asked about for GAP is taken for new: what it knows is checked by what its members say.
-- One that is full may evict one key and not the other: a pool that is not whole is lost.

local FORGOTTEN, LATE, TICK, SETTLED, GAP = 20000, 3000, 2000, 5000, 5000
local PERIOD_S, BURST_S = 1, 1.5  -- from one call of a member to its next; what a quota saves up
local KEPT = '2592000000'         -- 30 days, in case that nobody comes again

local next_word = 0
local function word()
  next_word = next_word + 1
  return ARGV[next_word]
end
local function number() return tonumber(word()) end
local function text(x) return string.format('%.17g', x) end

local replies = {}
local function say(x) replies[#replies + 1] = type(x) == 'number' and text(x) or x end

local clock = redis.call('TIME')
local server_ms = tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
local member = word()
local stays = word() == '1'

-- `more`: the fields asked for, beside those of every pool. Who waits is there again within a second.
local function open(key, more)
  local names = {'t', 'at', 'born', 'members', unpack(more)}
  local got = redis.call('HMGET', key, unpack(names))
  local fields, members = {}, redis.call('ZCARD', key .. ':m')
  if tonumber(got[4]) == members then
    for i, name in ipairs(names) do fields[name] = got[i] end
  else
    redis.call('DEL', key, key .. ':m', key .. ':h')
    members = 0
  end
  local before = tonumber(fields.t) or 0
  local passed = server_ms - (tonumber(fields.at) or server_ms)
  local pool = {key = key, fields = fields, members = members, t = before + math.max(0, math.min(passed, TICK))}
  pool.placed = tonumber(fields.placed) or 0
  pool.had_gap = passed > GAP
  pool.born = pool.had_gap and pool.t or tonumber(fields.born) or 0
  pool.age = pool.t - pool.born
  pool.is_new = pool.age < FORGOTTEN
  pool.next_second = before == 0 or math.floor(pool.t / 1000) > math.floor(before / 1000)
  pool.write = {'HSET', key, 't', text(pool.t), 'at', text(server_ms), 'born', text(pool.born)}
  return pool
end

local function write(pool, field, value)
  pool.write[#pool.write + 1] = field
  pool.write[#pool.write + 1] = text(value)
end

local function close(pool)
  redis.call(unpack(pool.write))
  if not pool.next_second then return end
  for _, part in ipairs({'', ':m', ':h'}) do redis.call('PEXPIRE', pool.key .. part, KEPT) end
end

local function drop_places(pool, id)
  local held = tonumber(redis.call('HGET', pool.key, 'p:' .. id))
  if not held then return end
  pool.placed = pool.placed - held
  redis.call('HDEL', pool.key, 'p:' .. id)
  pool.fields['p:' .. id] = nil
end

-- Who is late may be cut off from us and spend its share: it is kept for it until it is forgotten.
-- So it is, while the pool is new, for those who are said to be there and have not come.
local function meet(pool, claimed)
  local m = pool.key .. ':m'
  if pool.next_second then
    for _, id in ipairs(redis.call('ZRANGEBYSCORE', m, '-inf', '(' .. text(pool.t - FORGOTTEN))) do
      drop_places(pool, id)
      pool.members = pool.members - redis.call('ZREM', m, id)
      redis.call('ZREM', pool.key .. ':h', id)
    end
  end
  if stays then
    pool.members = pool.members + redis.call('ZADD', m, text(pool.t), member)
  else
    drop_places(pool, member)
    pool.members = pool.members - redis.call('ZREM', m, member)
  end
  write(pool, 'members', pool.members)
  local all = pool.members
  local late = redis.call('ZCOUNT', m, '-inf', '(' .. text(pool.t - LATE))
  if pool.is_new and claimed > all then
    late = late + claimed - all
    all = claimed
  end
  pool.all = math.max(1, all)
  pool.live = math.max(1, all - late)
end

local function count_waiting(pool, waits)
  local h = pool.key .. ':h'
  if stays and waits then
    redis.call('ZADD', h, text(pool.t), member)
  else
    redis.call('ZREM', h, member)
  end
  pool.waiting = math.max(1, redis.call('ZCOUNT', h, text(pool.t - LATE), '+inf'))
end

-- A bucket that refills steadily. Of several limits that are claimed for it the lowest counts. Who
-- waits gets its share of what there is, whoever asks no more than it wants, and one request's worth
-- is dealt whenever anything is there: the debt is paid by the refill.
local function deal(pool, asked, waits)
  local of, rate, want, least = asked.of, asked.rate, asked.want, asked.least
  local function field(name, otherwise) return tonumber(pool.fields[of .. name]) or otherwise end
  local known, since = field('rate', rate), field('since', pool.t)
  if rate <= known or pool.t - since > FORGOTTEN then known, since = rate, pool.t end
  local dealt_out = known * pool.live / pool.all
  local refill = dealt_out * (pool.t - field('t', pool.t)) / 1000
  local level = math.min(known * BURST_S, field('level', 0) + refill + asked.back)
  local grant = 0
  if stays and want > 0 and level > 0 then
    local room = math.min(want, level)
    if waits then room = math.min(room, BURST_S * PERIOD_S * dealt_out / pool.waiting) end
    grant = math.max(1, math.floor(room / least + 1e-9)) * least
  end
  write(pool, of .. 'level', level - grant)
  write(pool, of .. 't', pool.t)
  write(pool, of .. 'rate', known)
  write(pool, of .. 'since', since)
  say(grant)
  say(known)
end

-- Requests in flight. What a member says it holds is so, whether we know of it or not; after a loss
-- of what we knew nobody gets more than it has until everybody has had the time to come.
local function lend(pool)
  local most, held, busy, want, again = number(), number(), number(), number(), number()
  if most <= 0 then return say(0) end
  local mine = tonumber(pool.fields['p:' .. member])
  if again == 1 and pool.is_new and (pool.had_gap or not mine) then
    pool.fields.lost = text(pool.born)
    write(pool, 'lost', pool.born)
  end
  if not mine then
    mine = held
    pool.placed = pool.placed + mine
  end
  local free = most - pool.placed
  local bound = want
  if want > mine then
    local more = math.max(0, math.min(want - mine, free))
    if pool.is_new then
      more = math.min(more, math.max(0, math.max(1, math.floor(most / pool.all)) - mine))
      if tonumber(pool.fields.lost) == pool.born then more = 0 end
    end
    bound = mine + more
  end
  local fair = math.max(1, math.floor(most / pool.waiting))
  if free <= 0 and pool.waiting > 1 and bound > fair then bound = fair end
  local kept = math.max(bound, busy)
  pool.placed = pool.placed + kept - mine
  write(pool, 'p:' .. member, kept)
  say(bound)
end

local function serve_account(key)
  local claimed, waits, kinds = number(), number() == 1, number()
  local all, names = {}, {'placed', 'lost', 'p:' .. member}
  for i = 1, kinds do
    all[i] = {of = word() .. ':', rate = number(), want = number(), least = number(), back = number()}
    for _, name in ipairs({'level', 't', 'rate', 'since'}) do names[#names + 1] = all[i].of .. name end
  end
  local pool = open(key, names)
  meet(pool, claimed)
  count_waiting(pool, waits)
  say(pool.all)
  for _, asked in ipairs(all) do deal(pool, asked, waits) end
  if stays then
    lend(pool)
  else
    next_word = next_word + 5
    say(0)
  end
  write(pool, 'placed', pool.placed)
  close(pool)
end

-- base: all that was spent and held when the pool was made, by whoever is not in sum, or is;
-- net: what was given out since, less what came back; sum: what the shards hold that have come.
local function allow(pool, shard, asked)
  local of = asked.measure .. ':'
  local got = redis.call('HMGET', pool.key, of .. 'base', of .. 'net', of .. 'sum', of .. 'held:' .. shard)
  local base, net, sum = tonumber(got[1]) or asked.base, tonumber(got[2]) or 0, tonumber(got[3]) or 0
  if pool.is_another then base = math.max(base, asked.base) end
  if pool.is_older then base = math.max(base, asked.base - net) end
  local before, held = tonumber(got[4]), asked.held
  sum = sum + held - (before or 0)
  if before then
    net = net + held - before
  else
    base = math.max(base, sum - net)
  end
  local free = asked.cap - base - net
  local is_first = pool.born == 0 and base == 0
  local may_grow = pool.age >= SETTLED or pool.all == 1 or is_first
  if stays and asked.want > 0 and free >= asked.least and may_grow then
    local others = pool.is_new and pool.all or 2 * pool.live
    local more = math.min(asked.want, free, math.max(asked.least, math.floor(free / others)))
    held, net, sum, free = held + more, net + more, sum + more, free - more
  end
  write(pool, of .. 'base', base)
  write(pool, of .. 'net', net)
  write(pool, of .. 'sum', sum)
  write(pool, of .. 'held:' .. shard, held)
  say(held)
  say(base + net)
  say(free)
end

local function serve_budget(key)
  local shard, epoch, claimed, measures = word(), word(), number(), number()
  local all, is_known = {}, true
  for i = 1, measures do
    all[i] = {measure = word(), cap = number(), base = number(), held = number(), want = number(), least = number()}
    is_known = is_known and all[i].base >= 0
  end
  local pool = open(key, {'epoch', 'calls'})
  local current, calls = pool.fields.epoch, (tonumber(pool.fields.calls) or 0) + 1
  local is_newcomer = epoch == ''
  if (not current or (is_newcomer and pool.had_gap)) and not is_known then return say('') end
  local heard_epoch, heard_calls = epoch:match('^(%S+) (%d+)$')
  pool.is_another = current and heard_epoch and heard_epoch ~= current
  pool.is_older = current and (is_newcomer or (heard_epoch == current and tonumber(heard_calls) >= calls))
  if not current then
    current = text(server_ms) .. '-' .. member
    redis.call('HSET', pool.key, 'epoch', current)
  end
  write(pool, 'calls', calls)
  meet(pool, claimed)
  say(string.format('%s %.0f', current, calls))
  say(pool.all)
  for _, asked in ipairs(all) do allow(pool, shard, asked) end
  close(pool)
end

for _, key in ipairs(KEYS) do
  if word() == 'q' then serve_account(key) else serve_budget(key) end
end
return replies
