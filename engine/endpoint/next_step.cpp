#include "engine/endpoint/next_step.hpp"

#include <algorithm>

#include "engine/endpoint/retry.hpp"

namespace retort::engine {
namespace {

using act = next_step::act;
using providers::failure;
using providers::failure_kind;
using std::chrono::milliseconds;

bool is_about_endpoint(failure_kind kind) {
  return kind == failure_kind::authentication || kind == failure_kind::not_found;
}

next_step retire(bool resumable) { return {act::retire, milliseconds(0), false, false, resumable}; }

next_step retry(const failed_attempt& what, std::uint64_t random) {
  return {act::retry, delay(what.before.charged, what.why.retry_after, random)};
}

next_step retry_for_free(const failed_attempt& what, std::uint64_t random) {
  next_step next{act::retry, free_delay(what.before.spared, what.why.retry_after, random)};
  next.charges = false;
  return next;
}

// Whoever has never answered may not be there yet: a server that starts, a model that loads.
bool may_be_starting(const failed_attempt& what, const endpoint_history& at) {
  if (at.is_proven()) return false;
  const int status = what.why.status;
  const bool no_connection = what.why.kind == failure_kind::network && status == 0;
  return no_connection || status == 502 || status == 503 || status == 504;
}

// More than one sample sees it, and nobody is served.
bool is_outage(const failed_attempt& what, const endpoint_history& at) {
  if (!at.others_fail(what.by.ordinal)) return false;
  if (what.why.kind == failure_kind::overloaded) return at.is_proven() || what.is_down;
  return what.is_down && providers::is_transient(what.why.kind);
}

// A connection that the server was closing for its idleness when the request came.
bool is_unasked(const failed_attempt& what) {
  return what.why.status == 408 && !what.before.spared_a_408;
}

bool is_rate(const failed_attempt& what) { return what.why.kind == failure_kind::rate_limited; }

bool is_free(const failed_attempt& what, const endpoint_history& at) {
  return is_rate(what) || may_be_starting(what, at) || is_outage(what, at) || is_unasked(what);
}

bool is_silent_too_long(const failed_attempt& what, const endpoint_history& at,
                        const patience& limits) {
  if (!at.silent_since() || what.others_serve) return false;
  const bool starts = !at.is_proven() && !is_rate(what);
  return what.by.ended - *at.silent_since() >= (starts ? limits.startup : longest_silence);
}

next_step after_free(const failed_attempt& what, const endpoint_history& at, const patience& limits,
                     std::uint64_t random) {
  if (is_silent_too_long(what, at, limits)) return retire(true);
  // Others are served, and this one never is.
  const bool singled_out =
      at.answered_since(what.before.since) && what.by.ended - what.before.since >= longest_silence;
  return singled_out ? next_step{act::give_up} : retry_for_free(what, random);
}

// A key, a model or a URL is said to be wrong: by one that never answered otherwise it is believed,
// by one that has, when it says so again and has answered nobody in between. A 403 may be about
// what one request says: it is believed when another sample is told so too, and never of one alone.
next_step after_doubt(const failed_attempt& what, const endpoint_history& at,
                      const patience& limits, std::uint64_t random) {
  const bool may_be_own = what.why.status == 403 && what.why.kind == failure_kind::authentication;
  const bool is_believed = !at.is_proven() && !may_be_own;
  if (is_believed || at.is_doubt_confirmed(what.by)) return retire(false);
  if (what.before.charged + 1 < limits.attempts) {
    next_step next = retry(what, random);
    next.wait = std::max(next.wait, second_look);
    next.doubts = true;
    return next;
  }
  const auto doubted = at.doubted_at();
  const bool served = doubted ? at.answered_since(*doubted) : at.answered_since(what.before.since);
  const bool is_alone = served || may_be_own || limits.attempts == 1;
  return is_alone ? next_step{act::give_up} : retire(false);
}

// Not the sample's doing, and there is somewhere else to ask.
bool is_to_move(const failed_attempt& what) {
  if (!providers::is_transient(what.why.kind) || is_rate(what)) return false;
  return what.is_gone || (what.is_unsent && what.others_serve);
}

// Of what can never succeed: by itself, or perhaps as everything here.
next_step after_refusal(const failed_attempt& what, const patience& limits, std::uint64_t random) {
  if (what.why.own) return {act::give_up};
  const bool once_more = what.why.foreign && what.before.charged == 0 && limits.attempts > 1;
  return once_more ? retry(what, random) : next_step{act::hold};
}

}  // namespace

next_step after_failure(const failed_attempt& what, const endpoint_history& at,
                        const patience& limits, std::uint64_t random) {
  if (what.is_cancelled) return {act::leave};
  if (is_to_move(what)) return retry_for_free(what, random);
  if (what.is_untrusted) return retire(false);
  if (what.why.kind == failure_kind::quota_exhausted) return retire(true);
  if (is_about_endpoint(what.why.kind)) return after_doubt(what, at, limits, random);
  if (at.speaks_no_json()) return retire(false);
  if (is_free(what, at)) return after_free(what, at, limits, random);
  if (!providers::is_transient(what.why.kind)) return after_refusal(what, limits, random);
  return what.before.charged + 1 < limits.attempts ? retry(what, random) : next_step{act::give_up};
}

next_step after_blank(const tries& before, const patience& limits, std::uint64_t random) {
  const bool again = before.blank < most_blank && before.charged + 1 < limits.attempts;
  if (!again) return {act::keep};
  return {act::retry, delay(before.charged, {}, random)};
}

next_step after_batch(const failure& why, std::uint32_t attempts_made, const patience& limits) {
  if (why.kind == failure_kind::quota_exhausted) return retire(true);
  if (is_about_endpoint(why.kind)) return retire(false);
  if (!providers::is_transient(why.kind)) return {why.own ? act::give_up : act::hold};
  return {attempts_made < limits.attempts ? act::retry : act::give_up};
}

}  // namespace retort::engine
