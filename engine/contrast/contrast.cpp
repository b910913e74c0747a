#include "engine/contrast/contrast.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "engine/statistics/percentile.hpp"

namespace retort::engine {
namespace {

// MLPerf's audit of lengths (shared by its output-length test): within a tenth.
constexpr double most_length_change = 0.1;

// The runs of one load at one endpoint.
struct repeated_measure {
  std::vector<const measured_load*> runs;
  const measured_load& front() const { return *runs.front(); }
};

bool are_same_place(const measured_load& one, const measured_load& other) {
  return one.endpoint == other.endpoint && one.model == other.model && one.place == other.place;
}

std::vector<repeated_measure> grouped_runs(const benchmark_file& of) {
  std::vector<repeated_measure> out;
  for (const measured_load& one : of.loads) {
    const auto same = [&](const repeated_measure& group) {
      return group.front().shape == one.shape && are_same_place(group.front(), one);
    };
    const auto found = std::ranges::find_if(out, same);
    if (found != out.end()) {
      found->runs.push_back(&one);
    } else {
      out.push_back({{&one}});
    }
  }
  return out;
}

// An endpoint and model may be there several times: then its entries are told apart by their rank
// among those of that name, as others may stand before or between them; where the other file has
// not as many, by their number.
using endpoint_name = std::pair<std::string, std::string>;
using entry_numbers = std::set<std::optional<std::uint64_t>>;
using named_entries = std::map<endpoint_name, entry_numbers>;

endpoint_name name_of(const measured_load& of) { return {of.endpoint, of.model}; }

named_entries entries_of(const benchmark_file& of) {
  named_entries out;
  for (const measured_load& one : of.loads) out[name_of(one)].insert(one.place);
  return out;
}

bool is_one(const named_entries& of) { return of.size() == 1 && of.begin()->second.size() == 1; }

bool has_several(const named_entries& of, const endpoint_name& name) {
  const auto found = of.find(name);
  return found != of.end() && found->second.size() > 1;
}

bool is_untold(const named_entries& of, const endpoint_name& name) {
  const auto found = of.find(name);
  return found != of.end() && found->second.contains(std::nullopt);
}

auto rank_of(const measured_load& load, const named_entries& among) {
  const entry_numbers& numbers = among.at(name_of(load));
  return std::distance(numbers.begin(), numbers.find(load.place));
}

bool may_be_same(const std::string& one, const std::string& other) {
  return one.empty() || other.empty() || one == other;
}

// What another tool's file does not tell is no difference.
bool are_same_load(const load_shape& one, const load_shape& other) {
  if (one.is_whole && other.is_whole) return one == other;
  if (!one.is_told() || !other.is_told()) return true;
  const bool has_caps = one.cap && other.cap;
  return one.concurrency == other.concurrency && one.rate == other.rate &&
         (!has_caps || one.cap == other.cap) && may_be_same(one.arrivals, other.arrivals) &&
         may_be_same(one.called, other.called);
}

// The mean over the runs that tell it; nothing where one does not.
std::optional<double> mean_of(const repeated_measure& of, const std::string& name) {
  double sum = 0;
  for (const measured_load* one : of.runs) {
    const auto found = one->values.find(name);
    if (found == one->values.end()) return std::nullopt;
    sum += found->second;
  }
  return sum / static_cast<double>(of.runs.size());
}

std::vector<double> values_of(const repeated_measure& of, const std::string& name) {
  std::vector<double> out;
  for (const measured_load* one : of.runs) out.push_back(one->values.at(name));
  return out;
}

using token_mean = std::optional<double> measured_load::*;

std::optional<double> mean_of(const repeated_measure& of, token_mean what) {
  double sum = 0;
  for (const measured_load* one : of.runs) {
    if (!(one->*what)) return std::nullopt;
    sum += *(one->*what);
  }
  return sum / static_cast<double>(of.runs.size());
}

const spread* spread_of(const repeated_measure& of, metric what) {
  if (of.runs.size() != 1) return nullptr;
  const auto found = of.front().spreads.find(what);
  return found == of.front().spreads.end() ? nullptr : &found->second;
}

double drawn(const figure& of, const spread& from, random_stream& chance) {
  return of.share ? from.drawn_percentile(*of.share, chance) : from.drawn_mean(chance);
}

std::optional<figure_change> change_of(const figure& of, const repeated_measure& first,
                                       const repeated_measure& other) {
  const auto before = mean_of(first, of.name), after = mean_of(other, of.name);
  if (!before || !after) return std::nullopt;
  figure_change out{&of, *before, *after, {share_more(*before, *after), {}, {}}};
  if (of.is_share) {
    out.by.value = *after - *before;
    return out;
  }
  if (first.runs.size() > 1 && other.runs.size() > 1) {
    out.by = repeated(values_of(first, of.name), values_of(other, of.name));
    if (out.by.low) out.interval = drawn_from::runs;
    return out;
  }
  const spread* const one = of.what ? spread_of(first, *of.what) : nullptr;
  const spread* const two = of.what ? spread_of(other, *of.what) : nullptr;
  if (!one || !two) return out;
  out.by = resampled(*before, *after, *one, *two, [&](const spread& from, random_stream& chance) {
    return drawn(of, from, chance);
  });
  out.interval = drawn_from::requests;
  return out;
}

error unlike(const benchmark_file& first, const benchmark_file& other, const std::string& why) {
  return {errc::mismatch,
          fmt::format("{} and {} are unlike runs: {}", first.path, other.path, why)};
}

error untold(const stated_limit& limit, const std::string& load, const std::string& path) {
  std::string why = fmt::format("--fail-if \"{}\": at {} {} does not tell {}", limit.text, load,
                                path, limit.of->name);
  if (limit.of->share) {
    const std::uint64_t least = least_samples(*limit.of->share);
    why +=
        fmt::format(" (of retort's, it needs {0} requests at each level: --requests {0})", least);
  }
  return {errc::mismatch, std::move(why)};
}

std::optional<std::string> unlike_lengths(const repeated_measure& first,
                                          const repeated_measure& other, token_mean what,
                                          const char* name) {
  const auto before = mean_of(first, what), after = mean_of(other, what);
  if (!before || !after) return std::nullopt;
  const double change = std::abs(share_more(*before, *after));
  if (change <= most_length_change) return std::nullopt;
  return fmt::format("at {} a request has {:.4g} {} tokens and {:.4g}, over 10 % apart",
                     text_of(first.front().shape), *before, name, *after);
}

std::string in_words(const std::map<std::string, std::string>& workload, const std::string& name) {
  const auto found = workload.find(name);
  return found == workload.end() ? "none" : found->second;
}

std::optional<std::string> unlike_requests(const measured_load& first, const measured_load& other) {
  if (!first.workload || !other.workload) return std::nullopt;
  std::map<std::string, std::string> either = *first.workload;
  either.insert(other.workload->begin(), other.workload->end());
  for (const auto& [name, value] : either) {
    const std::string one = in_words(*first.workload, name), two = in_words(*other.workload, name);
    if (one != two) return fmt::format("workload.{} is {} and {}", name, one, two);
  }
  return std::nullopt;
}

std::optional<std::string> why_unlike(const repeated_measure& first,
                                      const repeated_measure& other) {
  if (auto why = unlike_requests(first.front(), other.front())) return why;
  const auto streams = first.front().streams, others = other.front().streams;
  if (streams && others && *streams != *others) {
    return "answers of the one are streams, of the other in one piece (--whole)";
  }
  if (auto why = unlike_lengths(first, other, &measured_load::input_tokens, "input")) return why;
  return unlike_lengths(first, other, &measured_load::output_tokens, "output");
}

bool is_beyond(const stated_limit& limit, const figure_change& change) {
  if (limit.more) return change.other - change.first > *limit.more;
  return limit.of->is_rate ? change.by.value < limit.relative : change.by.value > limit.relative;
}

// Its interval holds "no change": the one may be as good as the other.
bool may_be_chance(const figure_change& of) {
  return of.by.low && *of.by.low <= 0 && *of.by.high >= 0;
}

judged_limit judged(const stated_limit& limit, const figure_change& change) {
  judged_limit out{limit, is_beyond(limit, change), ""};
  const std::string by =
      fmt::format("{:+.1f} {}", 100 * change.by.value, limit.of->is_share ? "points" : "%");
  if (!out.is_exceeded) {
    out.why = fmt::format("{}: kept ({})", limit.text, by);
  } else if (may_be_chance(change)) {
    out.is_exceeded = false;
    out.why = fmt::format("{}: {} may be chance ({:+.1f} to {:+.1f} %); more requests tell",
                          limit.text, by, 100 * *change.by.low, 100 * *change.by.high);
  } else {
    out.why = fmt::format("{}: exceeded ({})", limit.text, by);
  }
  return out;
}

class comparing {
 public:
  comparing(const benchmark_file& first, const benchmark_file& other,
            const std::vector<stated_limit>& limits)
      : first_(first),
        other_(other),
        limits_(limits),
        first_entries_(entries_of(first)),
        other_entries_(entries_of(other)),
        is_one_each_(is_one(first_entries_) && is_one(other_entries_)) {}

  result<contrast> whole();

 private:
  std::string label_of(const measured_load& of) const;
  std::string labels_of(const std::vector<repeated_measure>& all) const;
  std::optional<std::string> untold_entry() const;
  bool are_same_endpoint(const measured_load& first, const measured_load& other) const;
  const repeated_measure* partner(const repeated_measure& of,
                                  const std::vector<repeated_measure>& among) const;
  result<compared_load> compared(const repeated_measure& one, const repeated_measure& two) const;
  void note_doubts(compared_load& of, const repeated_measure& one,
                   const repeated_measure& two) const;
  void note_tools(contrast& of) const;
  static void note_untold(contrast& of, const load_shape& one, const load_shape& other);

  const benchmark_file& first_;
  const benchmark_file& other_;
  const std::vector<stated_limit>& limits_;
  named_entries first_entries_, other_entries_;
  bool is_one_each_;
};

std::string comparing::label_of(const measured_load& of) const {
  std::string out = text_of(of.shape);
  if (is_one_each_) return out;
  out += fmt::format(" of {} {}", of.endpoint, of.model);
  const endpoint_name name = name_of(of);
  const bool is_several = has_several(first_entries_, name) || has_several(other_entries_, name);
  return is_several && of.place ? out + fmt::format(" (entry {})", *of.place) : out;
}

std::string comparing::labels_of(const std::vector<repeated_measure>& all) const {
  std::vector<std::string> out;
  for (const auto& one : all) out.push_back(label_of(one.front()));
  return fmt::format("{}", fmt::join(out, "; "));
}

std::optional<std::string> comparing::untold_entry() const {
  for (const auto& [name, numbers] : first_entries_) {
    const bool first = is_untold(first_entries_, name) && has_several(other_entries_, name);
    const bool other = is_untold(other_entries_, name) && has_several(first_entries_, name);
    if (!first && !other) continue;
    return fmt::format("{} does not tell which entry of {} {} it measured, and {} has several",
                       first ? first_.path : other_.path, name.first, name.second,
                       first ? other_.path : first_.path);
  }
  return std::nullopt;
}

// Of one endpoint each, names may differ.
bool comparing::are_same_endpoint(const measured_load& first, const measured_load& other) const {
  if (is_one_each_) return true;
  const endpoint_name name = name_of(first);
  if (name != name_of(other)) return false;
  const bool are_as_many = first_entries_.at(name).size() == other_entries_.at(name).size();
  return are_as_many ? rank_of(first, first_entries_) == rank_of(other, other_entries_)
                     : first.place == other.place;
}

const repeated_measure* comparing::partner(const repeated_measure& of,
                                           const std::vector<repeated_measure>& among) const {
  const measured_load& sought = of.front();
  const repeated_measure* like = nullptr;
  for (const repeated_measure& each : among) {
    const measured_load& one = each.front();
    if (!are_same_endpoint(sought, one)) continue;
    if (one.shape == sought.shape) return &each;
    if (!like && are_same_load(sought.shape, one.shape)) like = &each;
  }
  return like;
}

void comparing::note_doubts(compared_load& of, const repeated_measure& one,
                            const repeated_measure& two) const {
  for (const auto& [file, group] : {std::pair(&first_, &one), std::pair(&other_, &two)}) {
    for (const measured_load* run : group->runs) {
      if (run->doubt) of.doubts.push_back(fmt::format("{}: DEGRADED: {}", file->path, *run->doubt));
    }
  }
}

result<compared_load> comparing::compared(const repeated_measure& one,
                                          const repeated_measure& two) const {
  compared_load out;
  out.load = label_of(one.front());
  if (const auto why = why_unlike(one, two)) return unlike(first_, other_, *why);
  for (const figure& each : figures()) {
    if (auto change = change_of(each, one, two)) out.figures.push_back(std::move(*change));
  }
  if (out.figures.empty()) {
    return unlike(first_, other_, "at " + out.load + " no figure is told by both");
  }
  for (const stated_limit& limit : limits_) {
    const auto found = std::ranges::find(out.figures, limit.of, &figure_change::of);
    if (found == out.figures.end()) {
      return untold(limit, out.load, mean_of(one, limit.of->name) ? other_.path : first_.path);
    }
    out.limits.push_back(judged(limit, *found));
  }
  note_doubts(out, one, two);
  return out;
}

void comparing::note_tools(contrast& of) const {
  if (first_.tool.substr(0, first_.tool.find(' ')) !=
      other_.tool.substr(0, other_.tool.find(' '))) {
    of.notes.push_back(fmt::format(
        "{} and {} do not begin their clocks at the same moment, nor count tokens alike: "
        "a change may be the tool's",
        first_.tool, other_.tool));
  }
}

void comparing::note_untold(contrast& of, const load_shape& one, const load_shape& other) {
  if (!one.is_told() || !other.is_told()) {
    of.notes.emplace_back("a file does not tell its load: it is taken for the other's");
  } else if (text_of(one) != text_of(other)) {
    of.notes.push_back(
        fmt::format("{} is held against {}: what a file does not tell is taken for "
                    "the other's",
                    text_of(one), text_of(other)));
  }
}

result<contrast> comparing::whole() {
  contrast out;
  if (const auto why = untold_entry()) return unlike(first_, other_, *why);
  const auto firsts = grouped_runs(first_), others = grouped_runs(other_);
  std::set<const repeated_measure*> taken;
  for (const repeated_measure& one : firsts) {
    const repeated_measure* const two = partner(one, others);
    if (!two) {
      out.missing.push_back(label_of(one.front()));
      continue;
    }
    note_untold(out, one.front().shape, two->front().shape);
    taken.insert(two);
    auto made = compared(one, *two);
    if (!made) return made.error();
    out.loads.push_back(std::move(*made));
  }
  if (out.loads.empty()) {
    return unlike(
        first_, other_,
        fmt::format("they share no load ({} and {})", labels_of(firsts), labels_of(others)));
  }
  for (const repeated_measure& one : others) {
    if (taken.contains(&one)) continue;
    out.notes.push_back(fmt::format("{} is in {} alone", label_of(one.front()), other_.path));
  }
  note_tools(out);
  return out;
}

}  // namespace

bool contrast::is_any_exceeded() const {
  return std::ranges::any_of(loads, [](const compared_load& one) {
    return std::ranges::any_of(one.limits, &judged_limit::is_exceeded);
  });
}

result<contrast> hold_against(const benchmark_file& first, const benchmark_file& other,
                              const std::vector<stated_limit>& limits) {
  return comparing(first, other, limits).whole();
}

}  // namespace retort::engine
