#include "io/process/process.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/write.hpp>
#include <boost/intrusive/list.hpp>
#include <deque>
#include <optional>
#include <vector>

#include "io/process/spawn.hpp"

namespace retort::io {
namespace {

using stream = asio::posix::basic_stream_descriptor<executor>;
using clock = process::clock;
using error_code = boost::system::error_code;

// What one read takes at most: what else the thread has to do comes between two of them.
constexpr std::size_t bytes_per_read = 16 << 10;
// What is kept at least of a pipe of which only the tail is.
constexpr std::size_t kept_tail = 8 << 10;
// How long the pipes of an ended process may stay open: its group is dead, and who left the group
// to hold them has nothing to say.
constexpr std::chrono::seconds farewell_patience{1};
// What a killed process may take to be gone when nobody runs the loop any more.
constexpr int death_patience_ms = 10'000;

using list_hook =
    boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;

}  // namespace

// Shared with the handlers of what is under way, so that it lives until the process has ended.
struct process::state : std::enable_shared_from_this<state>, list_hook {
  struct pipe {
    pipe(executor on, flow way_) : end(on), way(way_) {}
    stream end;
    flow way;
    std::string unread;              // from the child
    std::deque<std::string> unsent;  // to it; the first is being written
    bool finishing = false;
    bool only_tail = false;
    std::array<char, bytes_per_read> buffer;
  };

  state(executor on_, std::size_t most_unread_)
      : on(on_), most_unread(most_unread_), life(on_), included(on_), alarm(on_) {}
  ~state() { end_now(); }

  void begin(spawned from, const program& what);
  void read_on(std::size_t at);
  void look(std::size_t at);
  void took_in(pipe& from, std::size_t bytes);
  void write_on(std::size_t at);
  void close(pipe& one);
  void await_end();
  void reap(bool patiently);
  void include(descriptor other);
  void set_alarm(clock::time_point then);
  void ring();
  void kill(killed_for why);
  void send_kill();
  void end_now();
  bool is_over() const;
  void tell();

  executor on;
  std::size_t most_unread;
  pid_t id = 0;
  stream life;      // pidfd
  stream included;  // pidfd
  bool ended = false, included_ended = true;
  std::vector<std::unique_ptr<pipe>> pipes;
  timer alarm;
  std::optional<clock::time_point> deadline;
  process_end end;
  waiting_room news;
};

namespace {

using process_state = process::state;

// All that still run on a loop, to be killed before it goes.
class process_table : public asio::execution_context::service {
 public:
  using key_type = process_table;
  static asio::execution_context::id id;

  explicit process_table(asio::execution_context& owner) : service(owner) {}
  void add(process_state& one) { running_.push_back(one); }

 private:
  // Whoever waits for one, and would hold it for ever, is let go.
  void shutdown() override {
    std::deque<waiting_room> abandoned;
    for (process_state& one : running_) {
      one.end_now();
      abandoned.push_back(std::move(one.news));
    }
  }

  boost::intrusive::list<process_state, boost::intrusive::constant_time_size<false>> running_;
};

asio::execution_context::id process_table::id;

bool ends_within(int life, int milliseconds) {
  pollfd ended{life, POLLIN, 0};
  int ready = 0;
  do {
    ready = ::poll(&ended, 1, milliseconds);
  } while (ready < 0 && errno == EINTR);
  return ready > 0;
}

}  // namespace

void process::state::begin(spawned from, const program& what) {
  id = from.id;
  life.assign(from.life.release());
  for (std::size_t i = 0; i < what.pipes.size(); ++i) {
    pipes.push_back(std::make_unique<pipe>(on, what.pipes[i]));
    pipes[i]->end.assign(from.pipes[i].release());
    pipes[i]->only_tail = what.only_tail == i;
    if (what.pipes[i] != flow::from_child) continue;
    pipes[i]->end.non_blocking(true);
    read_on(i);
  }
  await_end();
}

void process::state::read_on(std::size_t at) {
  pipes[at]->end.async_wait(stream::wait_read,
                            [self = shared_from_this(), at](const error_code& ec) {
                              pipe& same = *self->pipes[at];
                              if (ec) self->close(same);
                              self->look(at);
                              if (same.end.is_open()) self->read_on(at);
                              self->tell();
                            });
}

// What has come is in the pipe or among `unread`, and nowhere between.
void process::state::look(std::size_t at) {
  pipe& from = *pipes[at];
  if (!from.end.is_open()) return;
  error_code ec;
  took_in(from, from.end.read_some(asio::buffer(from.buffer), ec));
  const bool is_empty = ec == asio::error::would_block || ec == asio::error::interrupted;
  if (ec && !is_empty) close(from);
}

void process::state::took_in(pipe& from, std::size_t bytes) {
  from.unread.append(from.buffer.data(), bytes);
  if (from.only_tail && from.unread.size() > 2 * kept_tail) {
    from.unread.erase(0, from.unread.size() - kept_tail);
  }
  if (from.unread.size() <= most_unread) return;
  kill(killed_for::flood);
  close(from);
}

void process::state::write_on(std::size_t at) {
  pipe& to = *pipes[at];
  if (to.unsent.empty()) {
    if (to.finishing) close(to);
    return;
  }
  asio::async_write(to.end, asio::buffer(to.unsent.front()),
                    [self = shared_from_this(), at](const error_code& ec, std::size_t) {
                      pipe& same = *self->pipes[at];
                      same.unsent.pop_front();
                      if (ec) self->close(same);
                      if (same.end.is_open()) self->write_on(at);
                    });
}

void process::state::close(pipe& one) {
  error_code ignored;
  one.end.close(ignored);
  if (one.unsent.size() > 1) one.unsent.resize(1);  // the first is still in the kernel's hands
}

void process::state::await_end() {
  life.async_wait(stream::wait_read, [self = shared_from_this()](const error_code& ec) {
    if (ec || self->ended) return;
    self->reap(false);
    self->set_alarm(clock::now() + farewell_patience);
    self->tell();
  });
}

// Its group is killed first, while nobody else can have the group's number.
void process::state::reap(bool patiently) {
  ::kill(-id, SIGKILL);
  const bool watched = patiently && life.is_open();
  if (watched && !ends_within(life.native_handle(), death_patience_ms)) return;
  int status = 0;
  while (::waitpid(id, &status, patiently ? 0 : WNOHANG) < 0 && errno == EINTR) continue;
  ended = true;
  if (WIFEXITED(status)) end.exit_code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) end.signal = WTERMSIG(status);
  error_code ignored;
  life.close(ignored);
}

void process::state::include(descriptor other) {
  included.assign(other.release());
  included_ended = false;
  included.async_wait(stream::wait_read, [self = shared_from_this()](const error_code& ec) {
    if (ec) return;
    self->included_ended = true;
    error_code ignored;
    self->included.close(ignored);
    self->tell();
  });
}

void process::state::set_alarm(clock::time_point then) {
  deadline = then;
  alarm.expires_at(then);  // an earlier wait is told that it is off
  alarm.async_wait([weak = weak_from_this()](const error_code& ec) {
    const auto self = weak.lock();
    if (!ec && self) self->ring();
  });
}

void process::state::ring() {
  if (!deadline || clock::now() < *deadline) return;
  if (!ended) return kill(killed_for::deadline);
  for (auto& one : pipes) close(*one);
  tell();
}

void process::state::kill(killed_for why) {
  if (end.why == killed_for::nothing && !ended) end.why = why;
  send_kill();
}

void process::state::send_kill() {
  if (!included_ended) {
    ::syscall(SYS_pidfd_send_signal, included.native_handle(), SIGKILL, nullptr, 0);
  }
  if (!ended) ::kill(-id, SIGKILL);
}

// Where no loop will tell of its end.
void process::state::end_now() {
  if (id == 0) return;
  send_kill();
  if (!ended) reap(true);
  if (!included_ended) included_ended = ends_within(included.native_handle(), death_patience_ms);
}

bool process::state::is_over() const {
  return ended && included_ended && std::ranges::none_of(pipes, [](const auto& one) {
           return one->way == flow::from_child && one->end.is_open();
         });
}

// Who waits; and the loop that there is nothing more to wait for.
void process::state::tell() {
  if (is_over()) alarm.cancel();
  news.call_all();
}

result<process> process::start(executor on, const program& what) {
  auto& table = asio::use_service<process_table>(on.context());
  auto begun = spawn(what);
  if (!begun) return begun.error();
  auto made = std::make_shared<state>(on, what.most_unread);
  table.add(*made);
  made->begin(std::move(*begun), what);
  return process(std::move(made));
}

process::process(std::shared_ptr<state> made) : state_(std::move(made)) {}
process::process(process&&) noexcept = default;

// What waits for its end keeps the state until then.
process::~process() {
  if (!state_) return;
  state_->kill(killed_for::stop);
  for (auto& one : state_->pipes) state_->close(*one);
  state_->alarm.cancel();
}

pid_t process::id() const { return state_->id; }

void process::send(std::size_t at, std::string bytes) {
  state::pipe& to = *state_->pipes[at];
  if (!to.end.is_open() || to.finishing) return;
  to.unsent.push_back(std::move(bytes));
  if (to.unsent.size() == 1) state_->write_on(at);
}

void process::finish(std::size_t at) {
  state::pipe& to = *state_->pipes[at];
  to.finishing = true;
  if (to.unsent.empty()) state_->close(to);
}

void process::look(std::size_t at) { state_->look(at); }

const std::string& process::unread(std::size_t at) const { return state_->pipes[at]->unread; }

std::string process::take(std::size_t at, std::size_t bytes) {
  std::string& from = state_->pipes[at]->unread;
  std::string taken = from.substr(0, bytes);
  from.erase(0, taken.size());
  return taken;
}

bool process::is_open(std::size_t at) const { return state_->pipes[at]->end.is_open(); }

void process::kill(killed_for why) { state_->kill(why); }

void process::kill_at(clock::time_point deadline) {
  if (!state_->ended) state_->set_alarm(deadline);
}

result<void> process::include(pid_t descendant) {
  auto life = watch(descendant);
  if (!life) return life.error();
  state_->include(std::move(*life));
  return {};
}

bool process::is_over() const { return state_->is_over(); }
const process_end& process::end() const { return state_->end; }

awaitable<> news_of(process* of) {
  process::state* const same = &of->internals();
  co_await wait_in(&same->news);
}

}  // namespace retort::io
