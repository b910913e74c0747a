// Scores from a program of the user's: long-lived processes that read a JSON line and answer one,
// as many as are needed and at most so many, started again when they die. It runs as the user,
// outside any sandbox. One thread: the one that runs the loop.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/scorer/score_line.hpp"
#include "io/base/awaitable.hpp"
#include "io/base/error.hpp"

namespace retort::engine {

struct scorer_config {
  std::vector<std::string> run;  // the program, found by PATH, and its arguments
  std::vector<std::string>
      key_variables;       // that hold keys: it gets all of our environment but those
  std::size_t places = 1;  // processes at most
  std::chrono::milliseconds timeout{60'000};  // for one answer
};

enum class score_outcome {
  scored,
  unscored,  // with the reason: never "incorrect"
  broken,    // and so will all others be: scorer::broken() says why
  stopped,   // by scorer::stop
};

struct scored {
  score_outcome outcome = score_outcome::stopped;
  double score = 0;    // in [0,1], where it is scored
  std::string detail;  // one short line
};

class scorer {
 public:
  struct state;

  // Starts a first process. errc::usage when the program does not exist or cannot be executed.
  static result<scorer> make(io::executor on, scorer_config config);

  // Why the command is not started any more, in one line: it died again and again without an
  // answer, or wrote answers that nobody asked for and that do not say whose they are.
  const std::optional<error>& broken() const;
  // Ends what runs and what waits with score_outcome::stopped, and all that comes later. To be
  // called before the loop goes, where something may still wait.
  void stop();

  // Shared with what runs.
  const std::shared_ptr<state>& internals() { return state_; }

 private:
  explicit scorer(std::shared_ptr<state>);
  std::shared_ptr<state> state_;
};

// The score of one sample, when it is its turn. A process that dies on it is replaced and the
// sample tried once more; one that is late, or whose answer is none, is ended, so that nobody gets
// another's.
io::awaitable<scored> score(scorer* by, score_request what);

// Closes the processes' input and waits until they have ended, a while. When nothing is under way.
io::awaitable<> close_scorer(scorer* which);

}  // namespace retort::engine
