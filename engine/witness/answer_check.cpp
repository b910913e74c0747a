#include "engine/witness/answer_check.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <thread>
#include <utility>

#include "engine/endpoint/secret.hpp"

namespace retort::engine {
namespace {

// Answers that wait for the end of their trial.
constexpr std::size_t most_bytes_kept = std::size_t{256} << 20;
// Evaluated before the loop gets a turn.
constexpr std::uint64_t most_in_a_row = 64;

std::size_t size_of_answer(const providers::completion& of) {
  return sizeof of + of.text.size() + of.reasoning.size() + of.refusal.size();
}

// What is there for this one answer: behind an answer no prompt is another's, too.
std::size_t size_of_own(const asked_record& of) {
  if (of.as.key.step == 0) return 0;
  std::size_t out = sizeof of + of.row.size();
  for (const auto& one : of.as.messages) out += one.content.size();
  return out;
}

// Evaluators that start processes run as many as there are cores.
std::size_t workers_for(const judging* costly) {
  return costly ? std::max(1U, std::thread::hardware_concurrency()) : 1;
}

}  // namespace

result<std::unique_ptr<answer_check>> answer_check::make(boost::asio::io_context& loop,
                                                         const config& what) {
  std::unique_ptr<answer_check> made(new answer_check(loop.get_executor()));
  made->what_ = what;
  const auto judges = std::erase_if(
      made->what_.evaluate, [](const evaluator_config& one) { return one.kind == "judge"; });
  made->what_.judges.clear();
  if (judges > 0) made->note_ = "bench asks no judge: answers are evaluated by the others alone";
  if (made->what_.evaluate.empty()) return std::unique_ptr<answer_check>();
  auto assess = assessor::make(made->what_);
  if (!assess) return assess.error();
  made->assess_.emplace(std::move(*assess));
  auto opened =
      judging::open(loop, made->what_, last_step(what), made->nobody_, secret_variables(what));
  if (!opened) return opened.error();
  made->judges_ = std::move(*opened);
  return made;
}

void answer_check::keep(std::shared_ptr<const asked_record> of, providers::completion answer) {
  const std::size_t size = size_of_answer(answer) + (of ? size_of_own(*of) : 0);
  if (!of || bytes_ + size > most_bytes_kept) {
    ++beyond_;
    return;
  }
  bytes_ += size;
  kept_.push_back({std::move(of), std::move(answer)});
}

void answer_check::stop() {
  stopped_ = true;
  if (judges_) judges_->stop();
}

io::awaitable<> check_some(answer_check* by, accuracy* into) {
  for (std::uint64_t number = 1; by->next_ < by->kept_.size() && !by->stopped_; ++number) {
    answer_check::kept_answer one = std::move(by->kept_[by->next_++]);
    sample judged = one.of->as;
    judged.is_settled = true;
    judged.completion = std::move(one.answer);
    if (by->judges_) {
      co_await judge_sample(by->judges_.get(), &*by->assess_, &judged, &one.of->row);
    } else {
      by->assess_->begin(judged);
    }
    by->assess_->settle(judged);
    into->add(*by->assess_, judged);
    if (number % most_in_a_row == 0) co_await io::asio::post(by->on_, io::use_awaitable);
  }
}

io::awaitable<> check_answers(answer_check* by, accuracy* into) {
  by->workers_ = workers_for(by->judges_.get());
  for (std::size_t i = by->workers_; i > 0; --i) {
    io::asio::co_spawn(by->on_, check_some(by, into), [by](std::exception_ptr thrown) {
      if (thrown) by->unexpected_ = thrown;
      if (--by->workers_ == 0) by->ended_.call_all();
    });
  }
  while (by->workers_ > 0) co_await io::wait_in(&by->ended_);
  if (by->unexpected_) std::rethrow_exception(by->unexpected_);
  const std::uint64_t all = by->kept_.size() + std::exchange(by->beyond_, 0);
  into->unscored += all - into->answers();
  by->kept_.clear();
  by->bytes_ = by->next_ = 0;
}

io::awaitable<> close_check(answer_check* which) {
  if (which->judges_) co_await close_judging(which->judges_.get());
}

}  // namespace retort::engine
