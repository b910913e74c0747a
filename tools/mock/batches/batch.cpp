#include "tools/mock/batches/batch.hpp"

#include <xxhash.h>

#include <algorithm>
#include <cmath>

namespace retort::mock {
namespace {

// A year: no rehearsal takes longer, and no sum of times overflows.
constexpr double max_batch_s = 365.0 * 86400;

batch_span span_of(double seconds) {
  return std::chrono::duration_cast<batch_span>(
      std::chrono::duration<double>(std::min(seconds, max_batch_s)));
}

}  // namespace

batch_time batch_times::ended() const {
  const batch_time natural = created + takes;
  return cancelled ? std::min(natural, *cancelled + takes / 10) : natural;
}

batch_times::stage batch_times::at(batch_time now) const {
  if (now >= ended()) return stage::ended;
  if (now < checked()) return stage::checking;
  return now < worked() ? stage::working : stage::gathering;
}

std::size_t batch_times::finished(std::size_t lines, batch_time now) const {
  const batch_time last = cancelled ? std::min(now, *cancelled) : now;
  if (last >= worked()) return lines;
  if (last <= checked()) return 0;
  const double share = std::chrono::duration<double>(last - checked()) /
                       std::chrono::duration<double>(worked() - checked());
  return static_cast<std::size_t>(std::floor(share * static_cast<double>(lines)));
}

batch_maker::batch_maker(const options& chosen, plain_answers answers, tally& counted)
    : chance_(chosen),
      answers_(std::move(answers)),
      counted_(&counted),
      takes_(span_of(chosen.batch_s)),
      most_(chosen.batch_max) {}

batch batch_maker::make(std::string id, std::string_view path, std::vector<asked_line> lines,
                        batch_time now) const {
  batch made;
  made.times = {now, takes_, std::nullopt};
  made.lines.reserve(lines.size());
  for (const std::size_t at : chance_.order_of(id, lines.size())) {
    made.lines.push_back(work_out(id, path, std::move(lines[at])));
  }
  made.id = std::move(id);
  counted_->batch_created(made.lines.size());
  return made;
}

finished_line batch_maker::work_out(std::string_view id, std::string_view path,
                                    asked_line line) const {
  finished_line done;
  done.fate = chance_.fate_of(id, line.custom_id);
  done.custom_id = std::move(line.custom_id);
  done.body_hash = XXH3_64bits(line.body.data(), line.body.size());
  if (done.fate != line_fate::answered) return done;
  std::tie(done.status, done.answer) = answers_(path, line.body);
  return done;
}

bool batch_maker::just_ended(batch& what, batch_time now) const {
  if (what.counted || now < what.times.ended()) return false;
  std::vector<std::uint64_t> answered;
  const std::size_t finished = what.finished(now);
  for (std::size_t i = 0; i < finished; ++i) {
    if (what.lines[i].good()) answered.push_back(what.lines[i].body_hash);
  }
  counted_->batch_ended(answered);
  what.counted = true;
  return true;
}

batch_page page_before(std::size_t before, std::uint64_t limit) {
  return {before, before > limit ? before - limit : 0};
}

}  // namespace retort::mock
