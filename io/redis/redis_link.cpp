#include "io/redis/redis_link.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <hiredis/hiredis.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <limits>

namespace retort::io {
namespace {

constexpr std::size_t longest_reply = 1 << 20;
constexpr const char* ended = "the connection to Redis ended";

using addresses = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

result<addresses> look_up(const redis_server& to) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int status =
      ::getaddrinfo(to.host.c_str(), std::to_string(to.port).c_str(), &wanted, &found);
  if (status == 0) return addresses(found, &::freeaddrinfo);
  return error{errc::resolve,
               fmt::format("{} cannot be resolved: {}", to.host, ::gai_strerror(status))};
}

int milliseconds_until(redis_link::deadline until) {
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 60'000));
}

error no_connection(const redis_server& to, int reason) {
  return {errc::connect, fmt::format("no connection to {}: {}", to.shown(), std::strerror(reason))};
}

// 0, or why not.
int connect_to(int descriptor, const addrinfo& where, redis_link::deadline until) {
  if (::connect(descriptor, where.ai_addr, where.ai_addrlen) == 0) return 0;
  if (errno != EINPROGRESS) return errno;
  pollfd waiting{descriptor, POLLOUT, 0};
  int ready = -1;
  do ready = ::poll(&waiting, 1, milliseconds_until(until));
  while (ready < 0 && errno == EINTR);
  if (ready == 0) return ETIMEDOUT;
  int reason = 0;
  socklen_t size = sizeof reason;
  ::getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &reason, &size);
  return reason;
}

// The first of the host's addresses that answers.
result<int> connect_to(const redis_server& to, redis_link::deadline until) {
  auto found = look_up(to);
  if (!found) return found.error();
  int reason = EADDRNOTAVAIL;
  for (const addrinfo* one = found->get(); one; one = one->ai_next) {
    const int made = ::socket(one->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (made < 0) {
      reason = errno;
      continue;
    }
    reason = connect_to(made, *one, until);
    const int at_once = 1;
    ::setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once);
    if (reason == 0) return made;
    ::close(made);
  }
  return no_connection(to, reason);
}

std::string command_of(const std::vector<std::string>& words) {
  std::vector<const char*> texts;
  std::vector<std::size_t> sizes;
  for (const auto& word : words) {
    texts.push_back(word.data());
    sizes.push_back(word.size());
  }
  char* made = nullptr;
  const auto size =
      ::redisFormatCommandArgv(&made, static_cast<int>(words.size()), texts.data(), sizes.data());
  std::string out;
  if (size > 0) out.assign(made, static_cast<std::size_t>(size));
  ::free(made);
  return out;
}

// Who does not know the command repeats its words.
std::string said_to(const std::string& command, const redis_server& to, const std::string& words) {
  const bool is_secret = !to.password.empty() && words.find(to.password) != std::string::npos;
  return fmt::format("{} says to {}: {}", to.shown(), command,
                     is_secret ? "what holds the password (not shown)" : words.substr(0, 200));
}

std::string text_of(const redisReply& of) {
  if (of.type == REDIS_REPLY_INTEGER) return std::to_string(of.integer);
  return of.str ? std::string(of.str, static_cast<std::size_t>(of.len)) : std::string();
}

redis_link::reply reply_of(const redisReply& of) {
  redis_link::reply out;
  out.is_error = of.type == REDIS_REPLY_ERROR;
  if (of.type != REDIS_REPLY_ARRAY) {
    out.words.push_back(text_of(of));
    return out;
  }
  for (std::size_t i = 0; i < of.elements; ++i) out.words.push_back(text_of(*of.element[i]));
  return out;
}

}  // namespace

void redis_link::reader_deleter::operator()(redisReader* reader) const {
  ::redisReaderFree(reader);
}

redis_link::redis_link(int descriptor) : descriptor_(descriptor), reader_(::redisReaderCreate()) {
  allowance_.descriptor = descriptor;
}

redis_link::~redis_link() {
  ssl_.reset();
  ::close(descriptor_);
}

result<std::unique_ptr<redis_link>> redis_link::open(const redis_server& to, deadline until) {
  const auto connected = connect_to(to, until);
  if (!connected) return connected.error();
  std::unique_ptr<redis_link> made(new redis_link(*connected));
  if (to.tls) {
    const auto safe = made->start_tls(to, until);
    if (!safe) return safe.error();
  }
  const auto let_in = made->sign_in(to, until);
  if (!let_in) return let_in.error();
  return made;
}

result<void> redis_link::start_tls(const redis_server& to, deadline until) {
  auto context = tls_context::make({to.ca_file, ""}, buffers::kept);
  if (!context) return context.error();
  tls_ = std::move(*context);
  ssl_ = tls_->connect(&allowance_, to.host);
  for (;;) {
    allowance_.left = longest_reply;
    const int returned = ::SSL_do_handshake(ssl_.get());
    if (returned == 1) return {};
    const int why = ::SSL_get_error(ssl_.get(), returned);
    if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) {
      return explain_handshake_failure(ssl_.get(), to.host);
    }
    const auto ready = wait(why == SSL_ERROR_WANT_WRITE, until);
    if (!ready) return ready.error();
  }
}

result<void> redis_link::sign_in(const redis_server& to, deadline until) {
  std::vector<std::vector<std::string>> commands;
  if (!to.user.empty()) {
    commands.push_back({"AUTH", to.user, to.password});
  } else if (!to.password.empty()) {
    commands.push_back({"AUTH", to.password});
  }
  if (to.database != 0) commands.push_back({"SELECT", std::to_string(to.database)});
  if (commands.empty()) commands.push_back({"PING"});
  for (const auto& command : commands) {
    const auto said = call(command, until);
    if (!said) return said.error();
    if (!said->is_error) continue;
    return error{errc::usage, said_to(command[0], to, said->words.at(0))};
  }
  return {};
}

result<void> redis_link::wait(bool to_write, deadline until) {
  pollfd waiting{descriptor_, static_cast<short>(to_write ? POLLOUT : POLLIN), 0};
  for (;;) {
    const int ready = ::poll(&waiting, 1, milliseconds_until(until));
    if (ready > 0) return {};
    if (ready == 0) return error{errc::timeout, "Redis does not answer"};
    if (errno != EINTR) return error{errc::connect, std::strerror(errno)};
  }
}

// The step is to be taken again then. A server that wants a certificate of ours says so after the
// handshake.
result<void> redis_link::wait_for_tls(int returned, deadline until) {
  const int why = ::SSL_get_error(ssl_.get(), returned);
  const bool goes_on = why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE;
  if (goes_on) return wait(why == SSL_ERROR_WANT_WRITE, until);
  const char* const said = ::ERR_reason_error_string(::ERR_peek_error());
  ::ERR_clear_error();
  return error{errc::reset, said ? fmt::format("{}: {}", ended, said) : ended};
}

result<void> redis_link::send(std::string_view bytes, deadline until) {
  const error gone{errc::reset, ended};
  while (!bytes.empty()) {
    std::size_t sent = 0;
    if (ssl_) {
      allowance_.left = longest_reply;
      const int done = ::SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &sent);
      if (done == 1) {
        bytes.remove_prefix(sent);
        continue;
      }
      const auto again = wait_for_tls(done, until);
      if (!again) return again.error();
      continue;
    }
    const ssize_t done = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (done > 0) bytes.remove_prefix(static_cast<std::size_t>(done));
    if (done > 0) continue;
    if (!would_block()) return gone;
    const auto ready = wait(true, until);
    if (!ready) return ready.error();
  }
  return {};
}

result<std::string_view> redis_link::receive(deadline until) {
  const error gone{errc::reset, ended};
  for (;;) {
    std::size_t got = 0;
    if (ssl_) {
      allowance_.left = longest_reply;
      const int done = ::SSL_read_ex(ssl_.get(), block_, sizeof block_, &got);
      if (done == 1) return std::string_view(block_, got);
      const auto again = wait_for_tls(done, until);
      if (!again) return again.error();
      continue;
    }
    const ssize_t done = ::recv(descriptor_, block_, sizeof block_, 0);
    if (done > 0) return std::string_view(block_, static_cast<std::size_t>(done));
    if (done == 0 || !would_block()) return gone;
    const auto ready = wait(false, until);
    if (!ready) return ready.error();
  }
}

result<redis_link::reply> redis_link::call(const std::vector<std::string>& words, deadline until) {
  const auto sent = send(command_of(words), until);
  if (!sent) return sent.error();
  std::size_t came = 0;
  for (;;) {
    void* got = nullptr;
    if (::redisReaderGetReply(reader_.get(), &got) != REDIS_OK) {
      return error{errc::protocol, "what answers is no Redis"};
    }
    if (got) {
      const std::unique_ptr<void, decltype(&::freeReplyObject)> owned(got, &::freeReplyObject);
      return reply_of(*static_cast<const redisReply*>(got));
    }
    const auto bytes = receive(until);
    if (!bytes) return bytes.error();
    came += bytes->size();
    if (came > longest_reply) return error{errc::protocol, "Redis answers more than 1 MB"};
    ::redisReaderFeed(reader_.get(), bytes->data(), bytes->size());
  }
}

}  // namespace retort::io
