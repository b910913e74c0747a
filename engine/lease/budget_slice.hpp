// What one shard holds of a budget that it shares with the run's others. The whole is what all hold
// together, spent or not, so nothing that one holds can be spent by another, and what it has spent
// it holds for good. Pure; one thread.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "engine/lease/lease_words.hpp"

namespace retort::engine {

class budget_slice {
 public:
  using time_point = std::chrono::steady_clock::time_point;
  static constexpr std::size_t measure_count = 2;  // tokens; nano-dollars
  template <class T>
  using measures = std::array<T, measure_count>;

  // So long it waits for others to give something back before the budget counts as used up.
  static constexpr std::chrono::seconds patience{30};

  // Nothing: no cap on that. `shard`: this one's name among the run's. `claimed`: how many there
  // are.
  budget_slice(measures<std::optional<std::int64_t>> caps, std::string shard, std::int64_t claimed);

  // What this shard has spent, before the first question.
  void begin(const measures<std::int64_t>& spent) { held_ = spent; }
  // What all shards have spent, by their ledgers, where the pool is not there.
  void found(const measures<std::int64_t>& spent_by_all) { committed_ = spent_by_all; }

  struct use {
    std::int64_t spent = 0, reserved = 0;
    std::int64_t lacking = 0;  // what a request that waits would need at its worst; 0: none waits
  };
  // `stays`: else it gives back all that it has not spent.
  void ask(lease_call& call, const measures<use>& now_used, time_point now, bool stays = true);
  void hear(lease_reply& reply, time_point now);

  // May be spent by this shard, over its whole life. Where there is no cap it does not count.
  const measures<std::int64_t>& held() const { return held_; }
  bool is_base_unknown() const { return base_unknown_; }
  // A request has waited in vain, and what it needs will not come.
  bool is_used_up(time_point now) const;

 private:
  struct rate {
    std::int64_t spent = -1;  // at the last question
    double per_second = 0;
  };
  std::int64_t wanted(std::size_t measure, const use& of) const;
  void note_rate(std::size_t measure, const use& of, double passed_s);

  measures<std::optional<std::int64_t>> caps_;
  std::string shard_, epoch_;
  std::int64_t claimed_, members_ = 0;
  measures<std::int64_t> held_{};
  measures<std::int64_t> committed_{-1, -1};  // by all; below 0: not known
  measures<std::int64_t> free_{};
  measures<std::int64_t> needed_{};  // to hold, for what was lacking when it last asked
  measures<rate> rates_;
  bool base_unknown_ = false;
  std::optional<time_point> asked_at_, lacking_since_;
};

}  // namespace retort::engine
