// As much of Redis as lease.lua asks for, in the test's own process and time: the very script that
// Redis runs, run by the same Lua (5.1). One thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

struct lua_State;

namespace retort::test {

class lua_redis {
 public:
  explicit lua_redis(std::string_view script);
  ~lua_redis();
  lua_redis(const lua_redis&) = delete;
  lua_redis& operator=(const lua_redis&) = delete;

  // The script's reply. Throws std::runtime_error with Lua's message when it fails.
  std::vector<std::string> eval(const std::vector<std::string>& keys,
                                const std::vector<std::string>& words);

  void set_clock(std::int64_t ms) { clock_ms_ = ms; }  // since 1970
  void flush();                                        // as FLUSHALL, or a restart without a file
  void lose(const std::string& key);                   // as when it is evicted
  void save() { saved_ = {hashes_, sets_}; }
  void go_back() { std::tie(hashes_, sets_) = saved_; }  // as a restart with the file of save()
  std::uint64_t calls() const { return calls_; }         // of commands, by the script

 private:
  struct sorted_set {
    std::unordered_map<std::string, double> scores;
    std::vector<std::pair<double, std::string>> in_order;
    void put(const std::string& member, double score);
    bool remove(const std::string& member);
    std::size_t below(const std::string& bound) const;  // "(5": scores less than 5
  };
  using words = std::vector<std::string>;

  static int call(lua_State* lua);
  void perform(const words& command);
  void perform_on_hash(const words& command);
  void perform_on_set(const words& command);
  void push(const std::string* text);  // null: false, as Redis has it
  void push_list(const std::vector<const std::string*>& texts);
  void push_count(std::size_t count);

  lua_State* lua_;
  std::int64_t clock_ms_ = 1'800'000'000'000;
  std::uint64_t calls_ = 0;
  using hashes = std::unordered_map<std::string, std::unordered_map<std::string, std::string>>;
  using sets = std::unordered_map<std::string, sorted_set>;
  hashes hashes_;
  sets sets_;
  std::pair<hashes, sets> saved_;
};

}  // namespace retort::test
