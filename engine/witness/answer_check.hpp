// Keeps the answers of a trial while it is measured, and evaluates them when it is over: what that
// costs is in no figure. By the config's own evaluators, but for judges, who would cost requests
// beside those that are measured. One thread: the loop's.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "engine/config/config.hpp"
#include "engine/generate/generator.hpp"
#include "engine/judging/judging.hpp"
#include "engine/witness/accuracy.hpp"

namespace retort::engine {

// A record of the dataset as it is asked about.
struct asked_record {
  sample as;        // id, reference, messages
  std::string row;  // the record's text

  asked_record(sample asked, std::string text) : as(std::move(asked)), row(std::move(text)) {}
};

class answer_check {
 public:
  // Null where the config evaluates nothing that is asked here. Runs the loop as long as what its
  // evaluators need takes to start. errc::usage as judging::open() has it.
  static result<std::unique_ptr<answer_check>> make(boost::asio::io_context& loop,
                                                    const config& what);

  // What a reader of the figures must know; "".
  const std::string& note() const { return note_; }

  void keep(std::shared_ptr<const asked_record> of, providers::completion answer);
  void stop();  // what is not evaluated stays unscored

 private:
  struct kept_answer {
    std::shared_ptr<const asked_record> of;
    providers::completion answer;
  };

  friend io::awaitable<> check_answers(answer_check* by, accuracy* into);
  friend io::awaitable<> check_some(answer_check* by, accuracy* into);
  friend io::awaitable<> close_check(answer_check* which);

  explicit answer_check(io::executor on) : on_(on), nobody_(on, 1) {}

  io::executor on_;
  config what_;
  generator nobody_;                 // no judge asks by it
  std::unique_ptr<judging> judges_;  // null: none is costly
  std::optional<assessor> assess_;
  std::string note_;
  std::vector<kept_answer> kept_;
  std::size_t bytes_ = 0, next_ = 0, workers_ = 0;
  std::uint64_t beyond_ = 0;  // not kept: there was no room
  bool stopped_ = false;
  io::waiting_room ended_;
  std::exception_ptr unexpected_;
};

// Of all that was kept since the last time.
io::awaitable<> check_answers(answer_check* by, accuracy* into);
// When nothing of it is under way any more.
io::awaitable<> close_check(answer_check* which);

}  // namespace retort::engine
