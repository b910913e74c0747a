#include "engine/endpoint/endpoint_history.hpp"

#include <algorithm>

namespace retort::engine {
namespace {

using providers::failure_kind;

// Nothing was said of the request itself.
bool is_unserved(failure_kind kind) {
  return providers::is_transient(kind) && kind != failure_kind::invalid_response;
}

}  // namespace

void endpoint_history::answered_well(const attempt& by) {
  if (!answered_since(by.began)) last_good_ = by.began;
  spoke_json_ = true;
  strangers_.clear();
  std::erase_if(refusals_, [&](const refusal& one) { return one.at <= by.began; });
  if (!is_on_trial()) trial_began_.reset(), witnesses_ = 0;
  if (doubt_ && doubt_->ended <= by.began) doubt_.reset();
  silent_since_.reset();
  unserved_.reset();
  several_unserved_ = false;
}

void endpoint_history::failed(const attempt& by, const providers::failure& why) {
  if (is_unserved(why.kind)) {
    if (!silent_since_) silent_since_ = by.ended;
    if (!was_passed_by(by, why.kind)) {
      several_unserved_ |= unserved_ && *unserved_ != by.ordinal;
      if (!unserved_) unserved_ = by.ordinal;
    }
  }
  if (why.status == 0 && !why.foreign) return;
  spoke_json_ |= !why.foreign;
  if (spoke_json_ || is_unserved(why.kind)) return;  // of an outage a gateway may tell
  if (std::ranges::count(strangers_, by.ordinal) > 0) return;
  strangers_.push_back(by.ordinal);
}

void endpoint_history::refused(const attempt& by, const providers::failure& why) {
  std::erase_if(refusals_, [&](const refusal& one) { return one.ordinal == by.ordinal; });
  refusals_.push_back({by.ordinal, why, by.ended});
  witnesses_ += trial_began_ && *trial_began_ <= by.began;
  if (is_on_trial() && !trial_began_) trial_began_ = by.ended;
}

void endpoint_history::doubt(const attempt& by) {
  if (!doubt_) doubt_ = by;
}

bool endpoint_history::others_fail(std::uint64_t ordinal) const {
  return several_unserved_ || (unserved_ && *unserved_ != ordinal);
}

bool endpoint_history::is_suspect(std::uint64_t ordinal) const {
  return std::ranges::any_of(refusals_, [&](const refusal& one) { return one.ordinal == ordinal; });
}

bool endpoint_history::is_on_trial() const {
  if (refusals_.size() < handful) return false;
  const refusal& last = refusals_.back();
  return std::ranges::count_if(refusals_, [&](const refusal& one) {
           return one.why.status == last.why.status && one.why.kind == last.why.kind;
         }) >= static_cast<std::ptrdiff_t>(handful);
}

bool endpoint_history::is_doubt_confirmed(const attempt& by) const {
  return doubt_ && doubt_->ordinal != by.ordinal && doubt_->ended <= by.began;
}

std::optional<endpoint_history::time_point> endpoint_history::doubted_at() const {
  return doubt_ ? std::optional(doubt_->ended) : std::nullopt;
}

}  // namespace retort::engine
