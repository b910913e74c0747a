// What the batches of both APIs have in common: their times, and their lines in the order in which
// these finish. All answers are worked out when a batch is made; time only lets them out. Time
// comes as an argument. One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tools/mock/batches/batch_chance.hpp"
#include "tools/mock/faults/counters.hpp"
#include "tools/mock/faults/options.hpp"

namespace retort::mock {

using batch_time = std::chrono::system_clock::time_point;
using batch_span = std::chrono::system_clock::duration;

// What the server would answer to that body at that path, faults aside: status and JSON.
using plain_answers =
    std::function<std::pair<int, std::string>(std::string_view path, std::string_view body)>;

struct asked_line {
  std::string custom_id;
  std::string body;  // JSON
};

struct finished_line {
  std::string custom_id;
  line_fate fate = line_fate::answered;
  int status = 0;      // when it was answered, be it with a refusal
  std::string answer;  // JSON, likewise
  std::uint64_t body_hash = 0;

  bool good() const { return fate == line_fate::answered && status == 200; }
};

// The first tenth of its time goes into checking the input, the last into gathering the output.
struct batch_times {
  enum class stage { checking, working, gathering, ended };

  batch_time created;
  batch_span takes;
  std::optional<batch_time> cancelled;

  batch_time checked() const { return created + takes / 10; }
  batch_time worked() const { return created + takes / 10 * 9; }
  batch_time ended() const;
  stage at(batch_time now) const;
  // How many of so many lines have finished; a cancelled batch finishes no more.
  std::size_t finished(std::size_t lines, batch_time now) const;
};

struct batch {
  std::string id;
  batch_times times;
  std::vector<finished_line> lines;  // in the order in which they finish
  bool counted = false;              // it has ended, and the counters know

  std::size_t finished(batch_time now) const { return times.finished(lines.size(), now); }
};

// Makes batches, and counts them.
class batch_maker {
 public:
  batch_maker(const options& chosen, plain_answers answers, tally& counted);

  // `path` is where each line's body is sent.
  batch make(std::string id, std::string_view path, std::vector<asked_line> lines,
             batch_time now) const;
  // To be asked once per batch, before it is made.
  bool refuses_next() { return chance_.refuses(++asked_for_); }
  // True the first time after the batch has ended: its answers are counted then.
  bool just_ended(batch& what, batch_time now) const;
  // What a batch may hold, if the API allows so much.
  std::uint64_t most_lines(std::uint64_t limit) const { return most_ > 0 ? most_ : limit; }
  tally& counted() const { return *counted_; }

 private:
  finished_line work_out(std::string_view id, std::string_view path, asked_line line) const;

  batch_chance chance_;
  plain_answers answers_;
  tally* counted_;
  batch_span takes_;
  std::uint64_t most_;
  std::uint64_t asked_for_ = 0;
};

// A page of a list, newest first: the positions [end, begin) downwards.
struct batch_page {
  std::size_t begin, end;
  bool more() const { return end > 0; }
};
// Of everything that is older than the position `before`.
batch_page page_before(std::size_t before, std::uint64_t limit);

// The position of the batch with that id; nothing when there is none.
template <class Batches>
std::optional<std::size_t> position_of(const Batches& batches, std::string_view id) {
  for (std::size_t i = batches.size(); i-- > 0;) {
    if (batches[i].work.id == id) return i;
  }
  return std::nullopt;
}

}  // namespace retort::mock
