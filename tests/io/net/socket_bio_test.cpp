#include "io/net/socket_bio.hpp"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>

using namespace retort;

namespace {

struct bio_free {
  void operator()(BIO* bio) const { BIO_free(bio); }
};

struct scene {
  scene() {
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()) == 0);
    allowance.descriptor = ends[0];
    bio.reset(io::make_socket_bio(&allowance));
  }
  ~scene() {
    for (const int end : ends) ::close(end);
  }
  std::string read() {
    char piece[8];
    const int got = BIO_read(bio.get(), piece, sizeof piece);
    return {piece, static_cast<std::size_t>(std::max(0, got))};
  }

  std::array<int, 2> ends{};
  io::socket_allowance allowance;
  std::unique_ptr<BIO, bio_free> bio;
};

}  // namespace

TEST_CASE("a socket gives no more than the allowance, and says why it gives nothing") {
  scene on;
  REQUIRE(::write(on.ends[1], "0123456789abcdef", 16) == 16);
  on.allowance.left = 9;
  CHECK(on.read() == "01234567");
  CHECK(on.read() == "89abcdef");  // the allowance is looked at, not split
  CHECK(on.read() == "");
  CHECK(on.allowance.spent);
  CHECK(BIO_should_retry(on.bio.get()));
  on.allowance.left = 1;
  CHECK(on.read() == "");
  CHECK_FALSE(on.allowance.spent);
  CHECK(BIO_should_retry(on.bio.get()));
  CHECK_FALSE(BIO_eof(on.bio.get()));
  ::shutdown(on.ends[1], SHUT_WR);
  CHECK(on.read() == "");
  CHECK_FALSE(BIO_should_retry(on.bio.get()));
  CHECK(BIO_eof(on.bio.get()));
}

TEST_CASE("what is written goes out, and waits where there is no room") {
  scene on;
  CHECK(BIO_write(on.bio.get(), "hi", 2) == 2);
  char got[2];
  CHECK(::read(on.ends[1], got, 2) == 2);
  const std::string much(1 << 20, 'x');
  while (BIO_write(on.bio.get(), much.data(), static_cast<int>(much.size())) > 0) continue;
  CHECK(BIO_should_write(on.bio.get()));
}
