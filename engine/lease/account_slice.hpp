// What one process holds of an account at a provider that it shares with others: of each quota, and
// of the places in flight. What it may do while it cannot reach who deals. Pure; one thread.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "engine/config/limits_config.hpp"
#include "engine/lease/lease_words.hpp"
#include "engine/lease/quota_slice.hpp"
#include "providers/failure/rate_limits.hpp"

namespace retort::engine {

// Several entrances of a process may draw from one.
class account_slice {
 public:
  using time_point = std::chrono::steady_clock::time_point;
  using quota = providers::quota;

  // Without a word from who deals for so long, what was dealt is void, and later it counts on its
  // share: when it is surely kept for it (LATE in lease.lua, and the way of a question).
  static constexpr std::chrono::milliseconds lapses_after{2500}, alone_after{3500};
  // Nor may a newcomer count on a share of which the others may not have heard.
  static constexpr std::chrono::milliseconds heard_of_after{3000};

  // `claimed`: how many members there are to be, where somebody said; else 1.
  account_slice(const limits_config& stated, std::int64_t claimed, time_point now);

  // Towards the gates. act(which, quota_slice): every quota that is stated, or was told.
  template <typename F>
  void each_quota(F&& act) {
    for (std::size_t i = 0; i < slices_.size(); ++i) {
      if (slices_[i]) act(static_cast<quota>(i), *slices_[i]);
    }
  }
  // In headers: of the whole account. Of what is stated and what is told the lower counts.
  void tell(quota what, double per_second, time_point now);
  bool has_place();  // for one more; what is lacking is waited for
  void enter() { peak_ = std::max(peak_, ++in_flight_); }
  void leave() { --in_flight_; }
  std::uint32_t places() const { return places_; }
  bool has_places() const { return stated_places_ > 0; }

  // Towards who deals.
  bool is_wanting() const;  // somebody waits, nothing is at hand, and it has not been said yet
  void ask(lease_call& call);
  void hear(lease_reply& reply, time_point asked_at, time_point now);
  // Nothing was heard. True: something has changed for who waits.
  bool advance(time_point now);
  bool is_alone() const { return alone_; }
  std::int64_t members() const { return members_; }

 private:
  bool waits() const;
  std::uint32_t wanted_places() const;
  void fall_back();

  std::array<std::optional<double>, providers::quota_count> stated_;
  std::array<std::optional<quota_slice>, providers::quota_count> slices_;
  std::uint32_t stated_places_ = 0;  // 0: not stated
  std::uint32_t places_ = 0, in_flight_ = 0, peak_ = 0;
  bool place_lacked_ = false;
  bool said_ = false;  // in the last question, that somebody waits
  bool is_unanswered_ = false;
  std::array<bool, providers::quota_count> asked_{};

  std::int64_t claimed_, members_;
  std::optional<time_point> joined_, heard_;  // when that was asked which was heard first, last
  bool lapsed_ = false, alone_ = false;
};

}  // namespace retort::engine
