#include "io/http/http_client.hpp"

#include <optional>
#include <utility>

#include "io/base/awaitable.hpp"
#include "io/http/connection_pool.hpp"
#include "io/http/http_connection.hpp"
#include "io/http/http_wire.hpp"

namespace retort::io {
namespace {

using clock = http_client::clock;

// How often overdue requests are looked for; the precision of every deadline.
constexpr std::chrono::milliseconds sweep_interval{50};
// What the end of a body may take of which nothing more is wanted, and of one that is whole though
// more could be of use, before the connection is closed.
constexpr std::chrono::milliseconds farewell_patience{250};
constexpr std::chrono::milliseconds whole_patience{1000};

}  // namespace

struct http_client::state {
  state(executor executor_, http_endpoint endpoint_)
      : on(executor_),
        endpoint(std::move(endpoint_)),
        usual_head(std::make_shared<http_head>(make_usual_head(endpoint))),
        pool(executor_, &endpoint),
        sweeper(executor_) {}

  executor on;
  http_endpoint endpoint;
  std::shared_ptr<const http_head> usual_head;
  connection_pool pool;
  bool has_answered = false;  // ever
  pending_list under_way;
  std::uint64_t stale = 0;  // see http_counters
  bool stopped = false;

  alarm sweeper;
  bool sweeping = false;

  void begin(pending& request);
  void sweep();
  void arm_sweeper();
  void end_overdue(clock::time_point now);
};

void http_client::state::begin(pending& request) {
  under_way.push_back(request);
  arm_sweeper();
}

void http_client::state::end_overdue(clock::time_point now) {
  for (pending& one : under_way) {
    if (one.is_overdue(now)) pool.end(one);
  }
}

void http_client::state::sweep() {
  sweeping = false;
  const auto now = clock::now();
  pool.look_through(now);
  end_overdue(now);
  if (!under_way.empty()) arm_sweeper();
}

// Armed only while a request is under way.
void http_client::state::arm_sweeper() {
  if (sweeping) return;
  sweeping = true;
  pool.drop_stale(clock::now());
  sweeper.set(sweep_interval, [this] { sweep(); });
}

namespace {

using client_state = http_client::state;

const error whose_is_it{errc::protocol, "more came than the response: whose it is cannot be told"};

error unsent(error why) {
  why.unsent = true;
  return why;
}

// Many a server that expects TLS closes without a word when it is spoken to in plain HTTP. One that
// has answered before, or that closes while it is spoken to, has other reasons.
error hint_at_tls(const client_state& client, const http_response& response, error why) {
  const bool silent = why.code == errc::reset && response.first_byte == clock::time_point();
  const bool heard_out = response.written != clock::time_point();
  if (!client.endpoint.base.tls && !client.has_answered && silent && heard_out) {
    why.message += " (should the URL begin with https://?)";
  }
  return why;
}

// Of two responses to one request on a connection that carried others before, the first may well be
// a late one to another's: neither is taken, and the attempt may have been billed.
bool is_doubtful(const connection& on, silence behind) {
  return on.used && (behind == silence::broken || behind == silence::answered);
}

// A request's way: over a kept connection if there is one, and once more over a fresh one where the
// server was closing that for its idleness.
class errand {
 public:
  // All of them outlive it.
  errand(client_state* client, const http_request* request, clock::time_point deadline,
         body_sink* sink)
      : client_(*client), request_(*request), sink_(sink), pending_(deadline) {
    client_.begin(pending_);
  }

  // Takes a slot if one is free; until when it is to be watched.
  std::optional<clock::time_point> take_free();
  std::optional<clock::time_point> use_kept(slot free);
  void look_again();  // after that

  bool is_over() const { return pending_.is_over(); }
  bool has_slot() const { return slot_ != nullptr; }
  void use(slot fresh) { slot_ = std::move(fresh); }
  pending* as_pending() { return &pending_; }
  stream* link() { return &slot_->link; }

  // On the slot at hand: what is to be waited for, step::done when nothing.
  step begin();
  step go_on();
  // Behind that: true when all is said, false when it goes out again, on a fresh connection.
  bool conclude();

  result<http_response> outcome();           // of what has gone out
  result<http_response> failure(error why);  // without a slot

 private:
  bool is_answered() const { return sink_ && (sink_->ended() || sink_->whole()); }
  void limit_patience();
  bool crossed_an_end() const;
  bool is_known_undone() const;
  void start_over();
  void end(silence behind);

  client_state& client_;
  const http_request& request_;
  body_sink* sink_;
  pending pending_;
  slot slot_;
  clock::time_point sent_;  // on it: its first byte, not before
  std::optional<http_round> round_;
  result<step> moved_ = step::go_on;
  http_response response_;
};

std::optional<clock::time_point> errand::take_free() {
  return use_kept(client_.pool.take_free(clock::now()));
}

std::optional<clock::time_point> errand::use_kept(slot free) {
  slot_ = std::move(free);
  if (!slot_) return std::nullopt;
  return client_.pool.watched_until(*slot_);
}

void errand::look_again() {
  if (!client_.pool.may_carry(*slot_, clock::now())) slot_.reset();
}

step errand::begin() {
  pending_.on = slot_.get();
  if (!slot_->used) response_.opened = slot_->opened;
  sent_ = clock::now();
  round_.emplace(&slot_->link, request_, &response_, sink_);
  return go_on();
}

step errand::go_on() {
  moved_ = round_->advance();
  if (!moved_ || *moved_ == step::done) return step::done;
  limit_patience();
  slot_->free_first_buffers();
  return *moved_;
}

// While what has come is enough, its proper end is waited for only shortly, whatever else comes.
void errand::limit_patience() {
  if (!is_answered()) {
    pending_.patience = clock::time_point::max();
    return;
  }
  const auto patience = sink_->ended() ? farewell_patience : whole_patience;
  pending_.patience = std::min(pending_.patience, clock::now() + patience);
}

// A server that closes an idle connection before the request is there says so before it gets it: a
// packet takes half a round trip each way, so that its word is here within one of our sending.
// Later it has worked, for all that is known, and may have billed that; a late look of ours counts
// as late.
bool errand::crossed_an_end() const {
  const auto heard = moved_ ? response_.first_byte : clock::now();
  return heard - sent_ <= slot_->link.round_trip() + client_.endpoint.crossing;
}

// Of a request on a kept connection that came to nothing: none can have been done of which not all
// was sent, nor of one that the connection's end crossed, with or without the farewell of RFC 9110,
// section 15.5.9.
bool errand::is_known_undone() const {
  if (!slot_->used) return false;
  if (moved_) return response_.status == 408 && !round_->keeps_alive() && crossed_an_end();
  if (response_.first_byte != clock::time_point()) return false;
  return response_.written == clock::time_point() || crossed_an_end();
}

bool errand::conclude() {
  pending_.on = nullptr;
  if (!moved_ && is_answered()) {
    moved_ = step::done;
    return true;
  }
  silence behind = silence::ended;
  if (moved_) {
    behind = client_.pool.look_behind(*slot_, round_->surplus(), round_->keeps_alive(),
                                      response_.last_byte);
  }
  if (is_known_undone() && !is_over()) {
    start_over();
    return false;
  }
  if (is_doubtful(*slot_, behind)) moved_ = whose_is_it;
  end(behind);
  return true;
}

void errand::start_over() {
  ++client_.stale;
  slot_.reset();
  response_ = http_response();
  response_.retried_stale = true;
}

void errand::end(silence behind) {
  if (!moved_) moved_ = pending_.ended_by(hint_at_tls(client_, response_, moved_.error()));
  client_.has_answered |= moved_.has_value();
  if (behind == silence::quiet && !pending_.stopped) client_.pool.give_back(std::move(slot_));
}

result<http_response> errand::outcome() {
  if (!moved_) return moved_.error();
  return std::move(response_);
}

result<http_response> errand::failure(error why) {
  why = pending_.ended_by(std::move(why));
  return response_.retried_stale ? why : unsent(std::move(why));
}

}  // namespace

result<std::unique_ptr<http_client>> http_client::make(executor on, http_endpoint endpoint) {
  auto made = std::make_unique<state>(on, std::move(endpoint));
  auto loaded = made->pool.load_authorities();
  if (!loaded) return loaded.error();
  return std::unique_ptr<http_client>(new http_client(std::move(made)));
}

http_client::http_client(std::unique_ptr<state> made) : state_(std::move(made)) {}
http_client::~http_client() = default;

http_request http_client::request(std::string body) const {
  return {state_->usual_head, std::move(body)};
}

http_request http_client::request(std::string_view method, std::string_view below_base,
                                  std::string_view content_type, std::string body) const {
  auto head = make_head(state_->endpoint, method, below_base, content_type);
  return {std::make_shared<http_head>(std::move(head)), std::move(body)};
}

const url& http_client::base() const { return state_->endpoint.base; }
const http_endpoint& http_client::endpoint() const { return state_->endpoint; }
std::string http_client::usual_url() const { return io::usual_url(state_->endpoint); }
bool http_client::answers_unasked() const { return !state_->pool.keeps_connections(); }

void http_client::stamp_arrivals() { state_->endpoint.stamps_arrivals = true; }

void http_client::stop() {
  state_->stopped = true;
  for (pending& one : state_->under_way) {
    one.stopped = true;
    state_->pool.end(one);
  }
  state_->pool.stop();
  state_->sweeper.cancel();
}

http_counters http_client::counters() const {
  return {state_->pool.opened(), state_->pool.resumed(), state_->stale};
}

awaitable<result<http_response>> exchange(http_client* client, const http_request* request,
                                          http_client::clock::time_point deadline, body_sink* sink,
                                          route by) {
  client_state& own = client->internals();
  if (own.stopped) co_return unsent({errc::cancelled, "stopped"});
  errand mine(&own, request, deadline, sink);
  std::optional<clock::time_point> watched_until;
  if (by == route::usual) watched_until = mine.take_free();
  if (by == route::usual && !mine.has_slot() && own.pool.must_wait()) {
    auto freed = co_await wait_for_slot(&own.pool, mine.as_pending());
    watched_until = mine.use_kept(std::move(freed));
    if (mine.is_over()) co_return mine.failure({});
  }
  if (watched_until) {
    co_await sleep_until(own.on, *watched_until);
    mine.look_again();
    if (mine.is_over()) co_return mine.failure({});
  }
  do {
    if (!mine.has_slot()) {
      auto opened = co_await open_slot(&own.pool, mine.as_pending());
      if (!opened) co_return mine.failure(opened.error());
      mine.use(std::move(*opened));
    }
    for (step next = mine.begin(); next != step::done; next = mine.go_on()) {
      co_await ready(mine.link(), next);
    }
  } while (!mine.conclude());
  co_return mine.outcome();
}

}  // namespace retort::io
