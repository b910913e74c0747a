#include "engine/judging/judging.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <cstdlib>
#include <exception>
#include <thread>

#include "engine/judging/code_appraiser.hpp"
#include "engine/judging/command_appraiser.hpp"
#include "engine/judging/judge_appraiser.hpp"

namespace retort::engine {
namespace {

namespace asio = boost::asio;

bool has_kind(const config& run, std::string_view kind) {
  return std::ranges::find(run.evaluate, kind, &evaluator_config::kind) != run.evaluate.end();
}

io::awaitable<> open_into(io::executor on, std::optional<result<sandbox>>* into) {
  const std::size_t places = std::max(1U, std::thread::hardware_concurrency());
  const char* const path = std::getenv("PATH");
  std::string searched = path ? path : "/usr/bin:/bin";
  auto made = co_await open_sandbox(on, places, std::move(searched));
  into->emplace(std::move(made));
}

result<sandbox> open_in(asio::io_context& loop) {
  std::optional<result<sandbox>> made;
  std::exception_ptr thrown;
  asio::co_spawn(loop, open_into(loop.get_executor(), &made),
                 [&thrown](std::exception_ptr what) { thrown = what; });
  while (!made && !thrown) loop.run_one();
  if (thrown) std::rethrow_exception(thrown);
  return std::move(*made);
}

error in_place(std::size_t evaluator, const error& why) {
  return {why.code, fmt::format("evaluate[{}].{}", evaluator, why.message)};
}

bool has_unkept(const sample& waiting) {
  return !waiting.is_earlier || std::ranges::any_of(waiting.evaluations, [](const evaluation& one) {
    return one.usage && !one.is_earlier;
  });
}

}  // namespace

result<std::unique_ptr<judging>> judging::open(asio::io_context& loop, const config& all,
                                               std::uint32_t step, generator& asking,
                                               const std::vector<std::string>& hidden) {
  const config& run = step_of(all, step);
  auto made = std::make_unique<judging>();
  if (has_kind(run, "code")) {
    auto opened = open_in(loop);
    if (!opened) return opened.error();
    made->in_.emplace(std::move(*opened));
  }
  std::size_t costly = 0, judges = 0;
  for (std::size_t i = 0; i < run.evaluate.size(); ++i) {
    const evaluator_config& one = run.evaluate[i];
    result<std::unique_ptr<appraiser>> built = std::unique_ptr<appraiser>();
    if (one.kind == "code") built = make_code_appraiser(run, one, &*made->in_);
    if (one.kind == "command") {
      built = make_command_appraiser(one, hidden, loop.get_executor(), &asking.stop);
    }
    if (one.kind == "judge") {
      const std::size_t gate = first_judge(run) + judges;
      built = make_judge_appraiser(run, run.judges[judges++], &asking, gate);
    }
    if (!built) return in_place(i, built.error());
    costly += *built != nullptr;
    made->all_.push_back(std::move(*built));
  }
  if (costly == 0) return std::unique_ptr<judging>();
  return made;
}

void judging::stop() {
  for (const auto& one : all_) {
    if (one) one->stop();
  }
}

void judging::for_waiting_since(std::chrono::steady_clock::time_point then,
                                const std::function<void(sample& waiting)>& each) {
  for (const waiting_sample& one : waiting_) {
    if (one.since > then) return;
    if (has_unkept(*one.which)) each(*one.which);
  }
}

// One that is being judged.
class judged_sample {
 public:
  judged_sample(judging* by, sample* which)
      : by_(by),
        place_(by->waiting_.insert(by->waiting_.end(), {which, std::chrono::steady_clock::now()})) {
  }
  ~judged_sample() { by_->waiting_.erase(place_); }
  judged_sample(const judged_sample&) = delete;
  judged_sample& operator=(const judged_sample&) = delete;

  // It waits for another evaluation now.
  void wait_anew() {
    place_->since = std::chrono::steady_clock::now();
    by_->waiting_.splice(by_->waiting_.end(), by_->waiting_, place_);
  }

 private:
  judging* by_;
  std::list<judging::waiting_sample>::iterator place_;
};

io::awaitable<> judge_sample(judging* by, const assessor* assess, sample* of,
                             const std::string* row) {
  judged_sample mine(by, of);
  assess->begin(*of);
  need next = assess->next_needed(*of);
  while (next.what == need::kind::costly) {
    auto votes = assess->votes_so_far(*of, next.evaluator);
    auto made = co_await by->at(next.evaluator).appraise(of, row, std::move(votes));
    const bool was_kept = !has_unkept(*of);
    evaluation said{"", made.score, std::move(made.detail), 0, made.usage, false, {}};
    said.votes = std::move(made.votes);
    if (made.is_made) {
      assess->add(*of, next.evaluator, std::move(said));
    } else {
      assess->add_missing(*of, next.evaluator, std::move(said));
    }
    next = assess->next_needed(*of);
    if (was_kept) mine.wait_anew();
  }
}

io::awaitable<> close_judging(judging* which) {
  for (const auto& one : which->all_) {
    if (one) co_await one->close();
  }
}

}  // namespace retort::engine
