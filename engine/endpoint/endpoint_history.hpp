// What an endpoint's answers have in common says more than any one of them: whether it has ever
// answered well, what its latest refusals share, whether an outage is more than one sample's. Pure:
// time comes as an argument. One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "providers/body/types.hpp"

namespace retort::engine {

class endpoint_history {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  // So many samples that were all refused alike, and nobody answered since: it is the endpoint.
  static constexpr std::size_t handful = 5;

  // A sample's last failures, all of one kind; the epoch where there was none.
  struct streak {
    providers::failure_kind kind = {};
    time_point since = {};
  };
  // One attempt of a sample: who, and from when to when.
  struct attempt {
    std::uint64_t ordinal = 0;
    time_point began, ended;
    streak before = {};  // of the sample's attempts up to this one
  };

  // A completion, or a refusal that only a working endpoint gives (providers::failure::own). What
  // was refused before this attempt began was refused for itself.
  void answered_well(const attempt& by);
  // An attempt that was not.
  void failed(const attempt& by, const providers::failure& why);

  // The sample's last word from here is a final error: one of the handful.
  void refused(const attempt& by, const providers::failure& why);
  // A key, model or URL is said to be wrong by an endpoint that has answered.
  void doubt(const attempt& by);

  bool is_proven() const { return last_good_.has_value(); }
  // Somebody was answered well whose request went out at that moment or later.
  bool answered_since(time_point moment) const { return last_good_ && *last_good_ >= moment; }
  // Of samples that have not been answered since, other than this one, one failed to be served. Not
  // counted are those that others were answered beside: what is left of a dataset at its end may be
  // nothing but rows that a server always dies of.
  bool others_fail(std::uint64_t ordinal) const;
  bool is_suspect(std::uint64_t ordinal) const;  // refused, and nobody was answered since
  // A handful and more were refused alike: what is under way is waited for, then one request at a
  // time goes.
  bool is_on_trial() const;
  // And nothing has cleared it: so many more were refused, one by one. A dataset may begin with a
  // handful of rows that no endpoint takes.
  static constexpr std::uint32_t enough_witnesses = 3;
  bool is_condemned() const { return is_on_trial() && witnesses_ >= enough_witnesses; }
  std::size_t refused_samples() const { return refusals_.size(); }
  const providers::failure& last_refusal() const { return refusals_.back().why; }
  // Of a handful of samples not one got JSON from here, whatever the status: also where HTTP or the
  // content coding could not be read.
  bool speaks_no_json() const { return !spoke_json_ && strangers_.size() >= handful; }
  // Another sample than that of the first doubt was told the same, by a request that went out
  // after it.
  bool is_doubt_confirmed(const attempt& by) const;
  std::optional<time_point> doubted_at() const;
  // Since when nobody was served; nothing while all is well.
  std::optional<time_point> silent_since() const { return silent_since_; }

 private:
  struct refusal {
    std::uint64_t ordinal;
    providers::failure why;
    time_point at;
  };

  // Others were answered between its failures of this kind.
  bool was_passed_by(const attempt& by, providers::failure_kind kind) const {
    return by.before.since != time_point() && by.before.kind == kind &&
           answered_since(by.before.since);
  }

  std::optional<time_point> last_good_;     // when that request went out
  std::optional<time_point> silent_since_;  // not served, and no good answer has followed
  std::vector<refusal> refusals_;           // one per sample; what was answered since is gone
  std::optional<time_point> trial_began_;
  std::uint32_t witnesses_ = 0;  // refused since, by requests that went out since
  std::optional<attempt> doubt_;
  std::vector<std::uint64_t> strangers_;  // samples that got no JSON, while nothing else came
  bool spoke_json_ = false;
  std::optional<std::uint64_t> unserved_;  // one sample that was not served, and whether
  bool several_unserved_ = false;          // there were others
};

}  // namespace retort::engine
