#include "engine/lease/account_slice.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace retort::engine {
namespace {

constexpr std::array kinds{"r", "t", "i", "o"};

// More than one step up, so that a thousand places are reached in seconds.
constexpr std::uint32_t most_places = 1'000'000;

void lower(std::optional<double>& of, std::optional<double> limit, double seconds) {
  if (limit && (!of || *limit / seconds < *of)) of = *limit / seconds;
}

}  // namespace

account_slice::account_slice(const limits_config& stated, std::int64_t claimed, time_point now)
    : claimed_(claimed), members_(claimed) {
  const auto of = [this](quota what) -> auto& { return stated_[static_cast<std::size_t>(what)]; };
  lower(of(quota::requests), stated.rps, 1);
  lower(of(quota::requests), stated.rpm, 60);
  lower(of(quota::tokens), stated.tpm, 60);
  lower(of(quota::input_tokens), stated.input_tpm, 60);
  lower(of(quota::output_tokens), stated.output_tpm, 60);
  for (std::size_t i = 0; i < stated_.size(); ++i) {
    if (!stated_[i]) continue;
    *stated_[i] *= stated.share;
    slices_[i].emplace(*stated_[i], now);
  }
  if (!stated.concurrency) return;
  stated_places_ = std::max(1U, static_cast<std::uint32_t>(*stated.concurrency * stated.share));
}

void account_slice::tell(quota what, double per_second, time_point now) {
  const auto i = static_cast<std::size_t>(what);
  if (!(per_second > 0)) return;
  if (!slices_[i]) slices_[i].emplace(per_second, now);
  slices_[i]->set_limit(stated_[i] ? std::min(*stated_[i], per_second) : per_second);
}

bool account_slice::has_place() {
  if (stated_places_ == 0 || in_flight_ < places_) return true;
  place_lacked_ = true;
  return false;
}

bool account_slice::waits() const {
  return place_lacked_ ||
         std::ranges::any_of(slices_, [](const auto& one) { return one && one->waits(); });
}

bool account_slice::is_wanting() const {
  if (said_) return false;
  return place_lacked_ ||
         std::ranges::any_of(slices_, [](const auto& one) { return one && one->is_dry(); });
}

std::uint32_t account_slice::wanted_places() const {
  // Who comes will need one, and would have none to go on with if this answer were the last.
  if (place_lacked_ || !joined_) return std::min({2 * places_ + 1, stated_places_, most_places});
  if (is_unanswered_) return places_;
  const std::uint32_t least = members_ <= stated_places_ ? 1 : 0;
  return std::min(places_, std::max(least, peak_ + (peak_ + 3) / 4));
}

// Places that are not needed are given back at once: none of them is used from here on. Not again
// before there was an answer: who hears none uses none, and would have nothing to go on with.
void account_slice::ask(lease_call& call) {
  said_ = waits();
  call.say("q");
  call.say(std::max(claimed_, members_));
  call.say(std::int64_t{said_});
  call.say(std::int64_t{std::ranges::count_if(slices_, [](const auto& one) { return !!one; })});
  for (std::size_t i = 0; i < slices_.size(); ++i) {
    asked_[i] = slices_[i].has_value();
    if (!asked_[i]) continue;
    const quota_slice::question about = slices_[i]->ask(said_);
    call.say(kinds[i]);
    call.say(slices_[i]->limit());
    call.say(about.want);
    call.say(about.least);
    call.say(about.back);
  }
  const std::uint32_t held = std::max(places_, in_flight_), wanted = wanted_places();
  places_ = std::min(places_, wanted);
  for (const std::uint32_t one : {stated_places_, held, in_flight_, wanted}) {
    call.say(std::int64_t{one});
  }
  call.say(std::int64_t{joined_.has_value()});
  peak_ = in_flight_;
  place_lacked_ = false;
  is_unanswered_ = true;
}

void account_slice::hear(lease_reply& reply, time_point asked_at, time_point now) {
  std::array<double, providers::quota_count> dealt{};
  const std::int64_t members = reply.whole();
  for (std::size_t i = 0; i < slices_.size(); ++i) {
    if (!asked_[i]) continue;
    dealt[i] = reply.number();
    reply.number();  // the limit that counts
  }
  const std::int64_t places = reply.whole();
  if (!reply.is_good() || members < 1 || places < 0) return;
  members_ = members;
  if (!joined_) joined_ = now;
  heard_ = asked_at;
  lapsed_ = alone_ = is_unanswered_ = false;
  for (std::size_t i = 0; i < slices_.size(); ++i) {
    if (!slices_[i]) continue;
    slices_[i]->advance(now);
    slices_[i]->come_back();
    if (asked_[i]) slices_[i]->deal(std::max(0.0, dealt[i]));
  }
  const auto now_held = static_cast<std::uint32_t>(std::min<std::int64_t>(places, stated_places_));
  if (now_held > places_) said_ = false;  // there may be more, and who waits need not wait for it
  places_ = now_held;
}

bool account_slice::advance(time_point now) {
  for (auto& one : slices_) {
    if (one) one->advance(now);
  }
  if (!heard_) return false;
  if (!lapsed_ && now >= *heard_ + lapses_after) {
    lapsed_ = true;
    for (auto& one : slices_) {
      if (one) one->lapse();
    }
  }
  if (alone_ || now < *heard_ + alone_after || now < *joined_ + heard_of_after) return false;
  alone_ = true;
  fall_back();
  return true;
}

// Of the places no more than it has: whoever else is cut off may have the rest, and requests that
// go on beyond its share. Who has none yet, and nobody beside it, takes one, or would never begin.
void account_slice::fall_back() {
  const double part = 1.0 / static_cast<double>(members_);
  for (auto& one : slices_) {
    if (one) one->fall_back(one->limit() * part);
  }
  const auto share = static_cast<std::uint32_t>(std::floor(stated_places_ * part));
  const bool is_the_only = std::max(claimed_, members_) == 1 && has_places();
  places_ = std::min(is_the_only ? std::max(1U, places_) : places_, std::max(1U, share));
}

}  // namespace retort::engine
