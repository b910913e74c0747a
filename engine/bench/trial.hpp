// One trial: one endpoint under one load. What it came to, and the requests that make it, each of
// which is sent once and measured: no gate, no quota, no retry. One thread, the loop's, has the
// schedule and all figures; other loops may carry requests.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "engine/bench/bench_options.hpp"
#include "engine/bench/conduct_watch.hpp"
#include "engine/bench/dealer.hpp"
#include "engine/bench/prompt_supply.hpp"
#include "engine/config/prices.hpp"
#include "engine/endpoint/endpoint.hpp"
#include "engine/measure/certificate.hpp"
#include "engine/measure/course.hpp"
#include "engine/measure/saturation.hpp"
#include "engine/measure/tally.hpp"
#include "engine/witness/accuracy.hpp"
#include "engine/witness/server_metrics.hpp"

namespace retort::engine {

// Of the measured requests that were a session's n-th turn.
struct turn_figures {
  log_histogram ttft, e2e;
  token_count input;
};

// Measured answers behind which a record's next turn, or the prompt of its next step, could not be
// made.
struct unusable_answers {
  std::uint64_t count = 0;
  std::string example;  // why, of the first
};

struct trial_result {
  std::string endpoint, model;
  std::string served;  // which of the config's says so, where the benchmark started its server:
                       // "models[0].serve"
  load_level load;
  std::string sessions;              // what its requests are turns of; "" of none
  std::size_t place = 0, level = 0;  // of the endpoint, and of the load, among those asked for
  std::uint64_t run = 0;             // from 0
  std::uint64_t number = 0;          // of the trial among all that were made
  tally measured;
  course over_time;                 // of those measured
  std::vector<turn_figures> turns;  // of sessions: by their place in them
  std::vector<std::string> steps;   // what these are called, where they are a config's steps
  unusable_answers unusable;
  std::optional<price> costs;  // of the model, where it is known
  own_conduct conduct;
  std::optional<accuracy> correctness;  // of its answers, where the config evaluates them
  std::optional<server_course> server;  // what it said of itself, where it does
  std::uint64_t unfinished = 0;         // measured ones that were ended by a stop
  // A second, of the measured requests of an open loop: scheduled, and sent off.
  std::optional<double> offered, achieved;
  bool over_saturated = false;       // of an open loop
  std::uint64_t backlog = 0;         // its warm-up's requests under way as the measured began
  bool superseded = false;           // DEGRADED, and made again by a search
  std::vector<std::string> against;  // its validity; empty: VALID
  bool is_valid() const { return against.empty(); }
};

// A further loop that carries requests, and the endpoint that is its own.
struct lane {
  io::executor on;
  endpoint* to;
};

// What a trial needs, all of which outlives it.
struct trial_setting {
  io::executor on;
  endpoint* to;
  prompt_supply* prompts;
  const bench_options* options;
  std::function<void(const measurement&)> each;  // of those measured; empty: none
  // Of the measured ones that came; empty: nobody wants them.
  std::function<void(const asked_prompt&, providers::completion)> answered = {};
  std::vector<lane> further = {};  // beside `on`
};

// Where a trial is.
struct trial_moment {
  bool is_measuring = false;                 // else it warms up
  std::chrono::duration<double> elapsed{0};  // since the first measured request
  std::uint64_t in_flight = 0;
};

class trial {
 public:
  trial(const trial_setting& with, trial_result* into);

  // Ends it as soon as may be: nothing more is sent. What is under way is the client's to end.
  void stop(const std::string& why);

  trial_moment now() const;

 private:
  struct ticket {
    std::uint64_t number;
    trial_part part;
    measurement::stamp scheduled;
    std::uint64_t under_way = 0;  // when it was taken up, itself included
    std::optional<cancel_plan> to_cancel = {};
    std::uint64_t turn = 0;  // of its session
  };
  // Which turn comes next, 0: it begins anew; and the turn before with its answer, or, of a
  // record's own, what is asked next.
  struct session {
    asked_prompt said;
    std::uint64_t turn = 0;
  };

  // Of a further loop; its thread's while requests are measured.
  struct watched_lane {
    explicit watched_lane(const lane& which_) : which(which_), watch(which_.on) {}
    lane which;
    own_conduct conduct;
    conduct_watch watch;
    bool is_watching = false;
  };

  friend io::awaitable<> perform(trial* whole);
  friend io::awaitable<> send_all(trial* whole);
  friend io::awaitable<> closed_loop(trial* whole, trial_extent extent);
  friend io::awaitable<> worker(trial* whole);
  friend io::awaitable<> session_from(trial* whole, ticket first);
  friend io::awaitable<> open_loop(trial* whole);
  friend io::awaitable<> ask(trial* whole, ticket one, session* of);
  friend io::awaitable<> think(trial* whole);
  friend io::awaitable<> all_ended(trial* whole);
  friend io::awaitable<> send_by(watched_lane* by, const asked_prompt* what, bool streams,
                                 bool is_measured, measurement* into,
                                 providers::completion* answer);
  friend io::awaitable<> end_watch(watched_lane* of);
  friend io::awaitable<> end_watches(trial* whole);

  std::optional<ticket> next(measurement::stamp scheduled, measurement::stamp at);
  void start(io::awaitable<> task);
  std::uint64_t under_way_for_warm_up() const;
  bool takes_place();  // false: it must wait for one
  void gives_place();
  asked_prompt prompt_for(session* of);
  std::uint64_t turns_of(const asked_prompt& asked) const;
  bool is_checked(const ticket& of, const asked_prompt& asked) const;
  void go_on(session& of, trial_part part, asked_prompt& asked, measurement& answered,
             const providers::completion& answer);
  std::chrono::nanoseconds thinking_time();
  void ended(const ticket& of, measurement& one);
  void note_turn(const ticket& of, const measurement& one);
  void close();
  void fail(std::exception_ptr why);
  // An unfinished one was sent, too: counts and their span are of the same requests.
  void note_sent(const ticket& of, const measurement& one);
  void note_open(const ticket& of, const measurement& one);

  trial_setting with_;
  trial_result* into_;
  trial_window window_;
  conduct_watch watch_;
  std::vector<std::unique_ptr<watched_lane>> lanes_;  // the further ones
  dealer dealer_;
  cancellation given_up_;
  random_stream thoughts_;
  io::timer alarm_;
  std::set<io::timer*> thinking_;  // of sessions between two turns
  std::uint64_t number_ = 0;       // of the next request
  bool is_watching_ = false, stopped_ = false;
  std::uint64_t under_way_ = 0, in_flight_ = 0, failed_in_a_row_ = 0;
  io::waiting_room places_, end_;
  std::exception_ptr unexpected_;
  // Of an open loop's measured requests.
  std::uint64_t count_ = 0;
  measurement::stamp first_scheduled_, last_scheduled_, first_sent_, last_sent_;
  // Of those of its warm-up as well: what piles up begins there.
  trend under_way_then_, first_content_;
};

io::awaitable<> perform(trial* whole);

}  // namespace retort::engine
