#include "tests/support/redis_process.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <stdexcept>

#include "tests/support/eventually.hpp"
#include "tools/mock/server/certificate.hpp"

namespace retort::test {
namespace {

// One that was free a moment ago.
std::uint16_t drawn_port() {
  const int made = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof where;
  (void)::bind(made, reinterpret_cast<sockaddr*>(&where), size);
  (void)::getsockname(made, reinterpret_cast<sockaddr*>(&where), &size);
  ::close(made);
  return ntohs(where.sin_port);
}

}  // namespace

io::redis_link::deadline in_time() {
  return std::chrono::steady_clock::now() + std::chrono::seconds(10);
}

redis_process::redis_process(redis_options how) : how_(std::move(how)), port_(drawn_port()) {
  if (how_.tls) {
    const auto made = mock::make_certificate(how_.host).value();
    ca_file_ = files_.file("ca.pem", made.ca_pem);
    files_.file("chain.pem", made.chain_pem);
    files_.file("key.pem", made.key_pem);
  }
  start();
}

io::redis_server redis_process::address() const {
  io::redis_server out;
  out.host = "127.0.0.1";
  out.port = port_;
  out.tls = how_.tls;
  out.password = how_.password;
  out.ca_file = ca_file_;
  return out;
}

void redis_process::start() {
  const std::string port = std::to_string(port_);
  std::vector<std::string> words{"/usr/bin/redis-server", "--bind", "127.0.0.1", "--save",     "",
                                 "--appendonly",          "no",     "--dir",     files_.path()};
  const std::vector<std::string> plain{"--port", port};
  const std::vector<std::string> tls{"--port",
                                     "0",
                                     "--tls-port",
                                     port,
                                     "--tls-cert-file",
                                     files_.path() + "/chain.pem",
                                     "--tls-key-file",
                                     files_.path() + "/key.pem",
                                     "--tls-auth-clients",
                                     "no"};
  const auto& listening = how_.tls ? tls : plain;
  words.insert(words.end(), listening.begin(), listening.end());
  if (!how_.password.empty()) words.insert(words.end(), {"--requirepass", how_.password});
  command what;
  what.words = std::move(words);
  what.output = files_.path() + "/output";
  what.errors = files_.path() + "/errors";
  server_ = std::make_unique<child_process>(what);
  if (!eventually([this] { return answers() || !server_->is_running(); }) || !answers()) {
    throw std::runtime_error("redis-server: " + server_->output());
  }
}

void redis_process::kill() { server_.reset(); }

bool redis_process::answers() const {
  io::redis_server to = address();
  if (!how_.host.empty()) return server_->output().find("Ready to accept") != std::string::npos;
  return io::redis_link::open(to, in_time()).has_value();
}

std::vector<std::string> redis_process::say(const std::vector<std::string>& words) const {
  auto link = io::redis_link::open(address(), in_time()).value();
  return link->call(words, in_time()).value().words;
}

}  // namespace retort::test
