// The costly evaluators of a run, and how a sample gets its evaluations from them. One thread: the
// engine's.
#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/config/config.hpp"
#include "engine/evaluate/assessor.hpp"
#include "engine/generate/generator.hpp"
#include "engine/judging/appraiser.hpp"
#include "engine/sandbox/sandbox.hpp"

namespace retort::engine {

class judging {
 public:
  // Starts what those of a step need: the sandbox, the commands. `run` and `asking`, whose gates
  // may come later, outlive it. Runs the loop as long as that takes. errc::usage, with what to do,
  // where one of them cannot work: before any money is spent. Null where the config has none. The
  // commands see all of our environment but what is `hidden`: secret_variables() of all of the
  // config.
  static result<std::unique_ptr<judging>> open(boost::asio::io_context& loop, const config& run,
                                               std::uint32_t step, generator& asking,
                                               const std::vector<std::string>& hidden);

  // Something the person should know of what was opened; "".
  std::string note() const { return in_ ? in_->note() : ""; }
  appraiser& at(std::size_t evaluator) { return *all_[evaluator]; }

  std::size_t under_way() const { return waiting_.size(); }
  // More samples wait for their evaluations than memory should hold.
  bool is_full() const { return under_way() >= most_under_way; }
  // Those of which something that was paid for, an answer or an evaluation, stands in no ledger yet
  // and began to wait by then.
  void for_waiting_since(std::chrono::steady_clock::time_point then,
                         const std::function<void(sample& waiting)>& each);

  // Ends what is under way: what was not made is left to a resume.
  void stop();

 private:
  friend class judged_sample;
  friend io::awaitable<> close_judging(judging* which);
  static constexpr std::size_t most_under_way = 512;

  std::optional<sandbox> in_;
  std::vector<std::unique_ptr<appraiser>> all_;  // by place in `evaluate`; null: pure
  struct waiting_sample {
    sample* which;
    std::chrono::steady_clock::time_point since;
  };
  std::list<waiting_sample> waiting_;  // the first began first
};

// begin() to what settle() needs, with the costly evaluations that the verdict waits for. `row` is
// the record's text. All outlive it.
io::awaitable<> judge_sample(judging* by, const assessor* assess, sample* of,
                             const std::string* row);

// When nothing is under way any more.
io::awaitable<> close_judging(judging* which);

}  // namespace retort::engine
