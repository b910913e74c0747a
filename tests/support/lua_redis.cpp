#include "tests/support/lua_redis.hpp"

#include <algorithm>
#include <cstdlib>
#include <lua.hpp>
#include <stdexcept>

namespace retort::test {
namespace {

std::string text_at(lua_State* lua, int index) {
  std::size_t size = 0;
  const char* const text = lua_tolstring(lua, index, &size);
  return text ? std::string(text, size) : std::string();
}

void set_list(lua_State* lua, const char* name, const std::vector<std::string>& texts) {
  lua_createtable(lua, static_cast<int>(texts.size()), 0);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    lua_pushlstring(lua, texts[i].data(), texts[i].size());
    lua_rawseti(lua, -2, static_cast<int>(i + 1));
  }
  lua_setglobal(lua, name);
}

}  // namespace

void lua_redis::sorted_set::put(const std::string& member, double score) {
  remove(member);
  scores[member] = score;
  std::pair<double, std::string> entry(score, member);
  in_order.insert(std::ranges::upper_bound(in_order, entry), std::move(entry));
}

bool lua_redis::sorted_set::remove(const std::string& member) {
  const auto found = scores.find(member);
  if (found == scores.end()) return false;
  in_order.erase(std::ranges::lower_bound(in_order, std::pair(found->second, member)));
  scores.erase(found);
  return true;
}

std::size_t lua_redis::sorted_set::below(const std::string& bound) const {
  if (bound.empty() || bound[0] != '(') throw std::runtime_error("only (x is known here");
  const double most = std::strtod(bound.c_str() + 1, nullptr);
  const auto end = std::ranges::lower_bound(in_order, std::pair(most, std::string()));
  return static_cast<std::size_t>(end - in_order.begin());
}

lua_redis::lua_redis(std::string_view script) : lua_(luaL_newstate()) {
  luaL_openlibs(lua_);
  lua_createtable(lua_, 0, 1);
  lua_pushlightuserdata(lua_, this);
  lua_pushcclosure(lua_, &lua_redis::call, 1);
  lua_setfield(lua_, -2, "call");
  lua_setglobal(lua_, "redis");
  if (luaL_loadbuffer(lua_, script.data(), script.size(), "lease.lua") != 0) {
    throw std::runtime_error(text_at(lua_, -1));
  }
}

lua_redis::~lua_redis() { lua_close(lua_); }

void lua_redis::flush() {
  hashes_.clear();
  sets_.clear();
}

void lua_redis::lose(const std::string& key) {
  hashes_.erase(key);
  sets_.erase(key);
}

std::vector<std::string> lua_redis::eval(const std::vector<std::string>& keys,
                                         const std::vector<std::string>& said) {
  set_list(lua_, "KEYS", keys);
  set_list(lua_, "ARGV", said);
  lua_pushvalue(lua_, 1);
  if (lua_pcall(lua_, 0, 1, 0) != 0) throw std::runtime_error(text_at(lua_, -1));
  std::vector<std::string> reply(lua_objlen(lua_, -1));
  for (std::size_t i = 0; i < reply.size(); ++i) {
    lua_rawgeti(lua_, -1, static_cast<int>(i + 1));
    reply[i] = text_at(lua_, -1);
    lua_pop(lua_, 1);
  }
  lua_pop(lua_, 1);
  return reply;
}

// Lua's own errors leave by longjmp, so what is thrown here must not pass through it.
int lua_redis::call(lua_State* lua) {
  auto* const self = static_cast<lua_redis*>(lua_touserdata(lua, lua_upvalueindex(1)));
  bool failed = false;
  {
    words command;
    for (int i = 1; i <= lua_gettop(lua); ++i) command.push_back(text_at(lua, i));
    try {
      ++self->calls_;
      self->perform(command);
    } catch (const std::exception& e) {
      failed = true;
      lua_pushfstring(lua, "%s: %s", command[0].c_str(), e.what());
    }
  }
  return failed ? lua_error(lua) : 1;
}

void lua_redis::push(const std::string* text) {
  if (text) {
    lua_pushlstring(lua_, text->data(), text->size());
  } else {
    lua_pushboolean(lua_, 0);
  }
}

void lua_redis::push_list(const std::vector<const std::string*>& texts) {
  lua_createtable(lua_, static_cast<int>(texts.size()), 0);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    push(texts[i]);
    lua_rawseti(lua_, -2, static_cast<int>(i + 1));
  }
}

void lua_redis::push_count(std::size_t count) {
  lua_pushinteger(lua_, static_cast<lua_Integer>(count));
}

void lua_redis::perform(const words& command) {
  if (command[0] == "TIME") {
    const std::string s = std::to_string(clock_ms_ / 1000);
    const std::string us = std::to_string(clock_ms_ % 1000 * 1000);
    return push_list({&s, &us});
  }
  if (command[0] == "PEXPIRE") return push_count(1);
  if (command[0] == "DEL") {
    for (std::size_t i = 1; i < command.size(); ++i) lose(command[i]);
    return push_count(1);
  }
  if (command[0][0] == 'H') return perform_on_hash(command);
  perform_on_set(command);
}

void lua_redis::perform_on_hash(const words& command) {
  auto& hash = hashes_[command[1]];
  const auto value = [&](const std::string& field) -> const std::string* {
    const auto found = hash.find(field);
    return found == hash.end() ? nullptr : &found->second;
  };
  if (command[0] == "HGET") return push(value(command.at(2)));
  if (command[0] == "HDEL") return push_count(hash.erase(command.at(2)));
  if (command[0] == "HGETALL") {
    std::vector<const std::string*> all;
    for (const auto& [field, its_value] : hash) {
      all.push_back(&field);
      all.push_back(&its_value);
    }
    return push_list(all);
  }
  if (command[0] == "HMGET") {
    std::vector<const std::string*> values;
    for (std::size_t i = 2; i < command.size(); ++i) values.push_back(value(command[i]));
    return push_list(values);
  }
  if (command[0] != "HSET") throw std::runtime_error("is not known here");
  for (std::size_t i = 2; i < command.size(); i += 2) hash[command[i]] = command.at(i + 1);
  push_count(1);
}

void lua_redis::perform_on_set(const words& command) {
  auto& set = sets_[command[1]];
  if (command[0] == "ZADD") {
    const bool is_new = !set.scores.contains(command.at(3));
    set.put(command.at(3), std::strtod(command.at(2).c_str(), nullptr));
    return push_count(is_new);
  }
  if (command[0] == "ZREM") return push_count(set.remove(command.at(2)));
  if (command[0] == "ZCARD") return push_count(set.scores.size());
  if (command[0] == "ZCOUNT" && command.at(3) == "+inf") {
    return push_count(set.scores.size() - set.below('(' + command[2]));
  }
  const std::size_t below = set.below(command.at(3));
  if (command[0] == "ZCOUNT") return push_count(below);
  if (command[0] != "ZRANGEBYSCORE") throw std::runtime_error("is not known here");
  std::vector<const std::string*> members;
  for (std::size_t i = 0; i < below; ++i) members.push_back(&set.in_order[i].second);
  push_list(members);
}

}  // namespace retort::test
