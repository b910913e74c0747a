#include "io/file/poured_output.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <string>
#include <thread>

#include "io/file/sink.hpp"
#include "tests/support/pipe_ends.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace retort;

namespace {

// As the program does.
[[maybe_unused]] const auto before = ::signal(SIGPIPE, SIG_IGN);

std::shared_ptr<io::interrupt> never() { return std::make_shared<io::interrupt>(); }

std::unique_ptr<io::file> poured_into(int descriptor,
                                      std::shared_ptr<io::interrupt> stop = never()) {
  auto opened = io::open_standard_output(std::move(stop), descriptor);
  REQUIRE_MESSAGE(opened.has_value(), opened.error().message);
  return std::move(*opened);
}

// More than any pipe has room for, and different everywhere.
std::string much() {
  std::string text;
  for (int i = 0; text.size() < (std::size_t{3} << 20); ++i) text += std::to_string(i) + '\n';
  return text;
}

std::string read_all(int descriptor) {
  std::string text;
  char block[10'000];
  for (;;) {
    const auto got = ::read(descriptor, block, sizeof block);
    if (got <= 0) return text;
    text.append(block, static_cast<std::size_t>(got));
  }
}

std::string content_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_CASE("a pipe gets every byte in its order, also more than it has room for") {
  for (const int flags : {0, O_NONBLOCK}) {  // as others that share it may have left it
    CAPTURE(flags);
    test::pipe_ends pipe;
    REQUIRE(::fcntl(pipe.writer(), F_SETFL, flags) == 0);
    std::string seen;
    std::thread reader([&] { seen = read_all(pipe.reader()); });
    {
      auto out = io::sink::pour_into(poured_into(pipe.writer()));
      pipe.close_writer();
      CHECK(out.append(much()).has_value());
      CHECK(out.append("the end").has_value());
      CHECK(out.finish().has_value());
    }
    reader.join();
    CHECK(seen == much() + "the end");
  }
}

TEST_CASE("a file that output was redirected to keeps what stood in it") {
  const test::temporary_directory directory;
  const std::string path = directory.file("out", "before\n");
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
  REQUIRE(descriptor >= 0);
  {
    auto out = io::sink::pour_into(poured_into(descriptor));
    CHECK(out.append("after\n").has_value());
    CHECK(out.finish().has_value());
  }
  CHECK(::close(descriptor) == 0);
  CHECK(content_of(path) == "before\nafter\n");
}

TEST_CASE("a reader that leaves is an error and no end of the program") {
  test::pipe_ends pipe;
  const auto out = poured_into(pipe.writer());
  pipe.close_reader();
  const auto written = out->write("x", 0);
  REQUIRE(written.problem.has_value());
  CHECK(written.bytes == 0);
  CHECK(written.problem->message == "standard output: cannot write: Broken pipe");
}

TEST_CASE("a write that waits for the reader ends when it is to, and says how far it got") {
  const test::pipe_ends pipe;
  const auto stop = never();
  const auto out = poured_into(pipe.writer(), stop);
  const int room = ::fcntl(pipe.writer(), F_GETPIPE_SZ);
  const std::string text = much();
  io::file::written written;
  std::thread writer([&] { written = out->write(text, 0); });
  // The writer waits, or is about to: only the raised interrupt can end it.
  char first[1];
  CHECK(::read(pipe.reader(), first, 1) == 1);
  stop->raise();
  writer.join();
  REQUIRE(written.problem.has_value());
  CHECK(written.problem->message == "standard output: cannot write: Operation canceled");
  CHECK(written.bytes <= static_cast<std::size_t>(room) + 1);
  CHECK(first[0] == text[0]);
}

TEST_CASE("nothing is written once it was to end") {
  const test::pipe_ends pipe;
  const auto stop = never();
  stop->raise();
  CHECK(poured_into(pipe.writer(), stop)->write("x", 0).problem.has_value());
}

TEST_CASE("it can be neither cut nor synced, and that is no error") {
  const test::pipe_ends pipe;
  const auto out = poured_into(pipe.writer());
  CHECK(out->truncate(0).has_value());
  CHECK(out->sync().has_value());
}

TEST_CASE("an output that is closed, or there for reading only, is refused") {
  const test::pipe_ends pipe;
  for (const int descriptor : {-1, pipe.reader()}) {
    const auto refused = io::open_standard_output(never(), descriptor);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == errc::unwritable);
    CHECK(refused.error().message == "standard output is closed");
  }
}

TEST_CASE("the descriptor itself stays open when the file goes") {
  const test::pipe_ends pipe;
  poured_into(pipe.writer()).reset();
  CHECK(::fcntl(pipe.writer(), F_GETFD) >= 0);
}
