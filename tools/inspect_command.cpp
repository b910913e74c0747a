#include "tools/inspect_command.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>

#include "engine/look/inspection.hpp"
#include "engine/look/pager.hpp"
#include "engine/look/variant_label.hpp"
#include "engine/text/amounts.hpp"
#include "io/base/console.hpp"
#include "tools/run_command.hpp"

namespace retort::tools {
namespace {

using engine::pager;

// Keys come one by one and unseen, until the end; a signal that ends the program leaves the
// terminal so, as with any pager, and Ctrl-C is therefore a key.
class unseen_keys {
 public:
  unseen_keys() {
    if (::tcgetattr(STDIN_FILENO, &before_) != 0) return;
    termios now = before_;
    now.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO | ISIG);
    now.c_iflag &= ~static_cast<tcflag_t>(IXON | ICRNL);
    now.c_cc[VMIN] = 1;
    now.c_cc[VTIME] = 0;
    is_set_ = ::tcsetattr(STDIN_FILENO, TCSANOW, &now) == 0;
  }
  ~unseen_keys() {
    if (is_set_) ::tcsetattr(STDIN_FILENO, TCSANOW, &before_);
  }
  unseen_keys(const unseen_keys&) = delete;
  unseen_keys& operator=(const unseen_keys&) = delete;

  // Nothing at the end of what is typed.
  static std::optional<char> next() {
    char byte = 0;
    ssize_t got = 0;
    do {
      got = ::read(STDIN_FILENO, &byte, 1);
    } while (got < 0 && errno == EINTR);
    return got == 1 ? std::optional(byte) : std::nullopt;
  }

 private:
  termios before_{};
  bool is_set_ = false;
};

winsize screen_size() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0) return {24, 80, 0, 0};
  return size;
}

result<engine::sample_filter> filter_of(const inspect_flags& flags) {
  engine::sample_filter out;
  if (!flags.verdict.empty()) {
    const auto word = engine::read_verdict_word(flags.verdict);
    if (!word) return word.error();
    out.verdict = *word;
  }
  if (!flags.reason.empty()) {
    const auto word = engine::read_reason_word(flags.reason);
    if (!word) return word.error();
    out.reason = *word;
  }
  for (const auto& text : flags.scores) {
    auto condition = engine::read_score_condition(text);
    if (!condition) return condition.error();
    out.scores.push_back(std::move(*condition));
  }
  out.variant = flags.variant;
  out.step = flags.step;
  out.id = flags.id;
  out.text = flags.text;
  return out;
}

class session {
 public:
  session(const engine::found_run& run, engine::inspection& samples, engine::mark_book& marks)
      : run_(run), samples_(samples), marks_(marks) {}

  result<void> print_all() {
    for (std::size_t i = 0; i < samples_.size(); ++i) {
      const auto one = samples_.read(i);
      if (!one) return one.error();
      io::print_lines(stdout, text_of(*one) + "\n");
    }
    io::print_line(stdout, fmt::format("{} samples; {}", engine::grouped(samples_.size()),
                                       engine::agreement_text(samples_.agreement())));
    return {};
  }

  result<void> page() {
    const unseen_keys keys;
    pager by(samples_.size());
    for (;;) {
      auto shown = samples_.read(by.at());
      if (!shown) return shown.error();
      show(by, *shown);
      const auto byte = unseen_keys::next();
      const auto what = byte ? by.take(*byte) : pager::act::quit;
      if (what == pager::act::quit) return {};
      auto done = mark(*shown, what, by.note());
      if (!done) return done;
    }
  }

 private:
  std::string text_of(const engine::sample& one) const {
    return engine::sample_text(one,
                               engine::variant_label(run_.facts, one.key.step, one.key.variant),
                               marks_.find(one.key));
  }

  void show(pager& by, const engine::sample& one) const {
    const winsize size = screen_size();
    const std::string status =
        fmt::format("{} of {} · {} marks", engine::grouped(by.at() + 1),
                    engine::grouped(samples_.size()), engine::grouped(marks_.size()));
    io::print_page(stdout, by.screen(text_of(one), status, size.ws_row, size.ws_col));
  }

  result<void> mark(const engine::sample& one, pager::act what, const std::string& note) {
    if (what == pager::act::none) return {};
    if (what == pager::act::unmark) return marks_.unset(one.key);
    return marks_.set(one.key, {one.id, what == pager::act::mark_good, note});
  }

  const engine::found_run& run_;
  engine::inspection& samples_;
  engine::mark_book& marks_;
};

// As the marks are now.
result<void> tell_agreement(const engine::found_run& run, const engine::mark_book& marks) {
  const auto again = engine::inspection::open(run, {}, marks);
  if (!again) return again.error();
  io::print_line(stdout, engine::agreement_text(again->agreement()));
  return {};
}

}  // namespace

void add_inspect_flags(CLI::App& app, inspect_flags& flags) {
  app.add_option("run", flags.run, "a run directory, or the name of a run below runs/")
      ->type_name("RUN");
  app.add_option("--verdict", flags.verdict, "accepted, rejected or failed")->type_name("WORD");
  app.add_option("--reason", flags.reason, "why it was rejected: incorrect, too_short, ...")
      ->type_name("WORD");
  app.add_option("--score", flags.scores, "of an evaluator: numeric<1, judge>=0.5, judge=unscored")
      ->type_name("CONDITION")
      ->allow_extra_args(false);
  app.add_option("--variant", flags.variant, "its number, from 0")->type_name("N");
  app.add_option("--step", flags.step, "its name")->type_name("NAME");
  app.add_option("--id", flags.id, "the record's")->type_name("ID");
  app.add_option("--text", flags.text, "in prompt, answer, reasoning or error")->type_name("TEXT");
  app.footer(
      "Shows the samples of a run that all of this holds for, as their ledger lines say, each\n"
      "beside its reference. On a terminal one at a time: n and p step, j and k scroll, g and b\n"
      "mark it good or bad (with a note, or just Enter), u takes the mark away, q ends. Marks are\n"
      "lines of marks.jsonl in the run directory; the last line printed says how far the verdicts\n"
      "agree with them (kappa: 1 fully, 0 as by chance). An evaluator goes by them with\n"
      "scores: {path: runs/NAME/marks.jsonl}, where one answer of each record is marked.\n"
      "Without a terminal all are printed.\n\n"
      "  retort inspect quickstart --verdict rejected\n"
      "  retort inspect quickstart --score 'judge<0.5' --text Paris | less\n\n"
      "Exit status: 0 done; 2 no such run, or a condition that is none; 75 the disk is full.");
}

int inspect_command(const inspect_flags& flags) {
  if (flags.run.empty()) return refuse("inspect needs a RUN; see retort inspect --help");
  const auto wanted = filter_of(flags);
  if (!wanted) return refuse(wanted.error());
  const auto run = engine::find_run(flags.run);
  if (!run) return refuse(run.error());
  auto marks = engine::mark_book::read(run->where.marks());
  if (!marks) return refuse(marks.error());
  auto samples = engine::inspection::open(*run, *wanted, *marks);
  if (!samples) return refuse(samples.error());
  session all(*run, *samples, *marks);
  const bool is_terminal = ::isatty(STDIN_FILENO) && ::isatty(STDOUT_FILENO);
  const bool is_paged = is_terminal && samples->size() > 0;
  auto done = is_paged ? all.page() : all.print_all();
  if (is_paged) io::end_line(stdout);
  if (done && is_paged) done = tell_agreement(*run, *marks);
  return done ? 0 : refuse(done.error());
}

}  // namespace retort::tools
