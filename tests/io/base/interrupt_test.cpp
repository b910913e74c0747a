#include "io/base/interrupt.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <thread>

#include "io/dataset/byte_source.hpp"
#include "io/dataset/dataset.hpp"
#include "tests/support/pipe_ends.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace retort;
using namespace retort::test;

namespace {

std::string idle_fifo(const temporary_directory& in) {
  const std::string path = in.path() + "/rows.jsonl";
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  return path;
}

}  // namespace

TEST_CASE("bytes, and their end, are waited for as long as nobody interrupts") {
  io::interrupt stop;
  pipe_ends pipe;
  pipe.write("x");
  CHECK(stop.wait_readable(pipe.reader()));
  char byte = 0;
  REQUIRE(::read(pipe.reader(), &byte, 1) == 1);
  pipe.close_writer();
  CHECK(stop.wait_readable(pipe.reader()));
}

TEST_CASE("what was raised before ends every wait, bytes or no bytes") {
  io::interrupt stop;
  const pipe_ends pipe;
  stop.raise();
  CHECK_FALSE(stop.wait_readable(pipe.reader()));
  pipe.write("x");
  CHECK_FALSE(stop.wait_readable(pipe.reader()));
  stop.raise();
  CHECK_FALSE(stop.wait_readable(pipe.reader()));
}

TEST_CASE("another thread ends the wait for an idle pipe") {
  io::interrupt stop;
  const pipe_ends pipe;
  std::thread other([&] { stop.raise(); });
  CHECK_FALSE(stop.wait_readable(pipe.reader()));
  other.join();
}

TEST_CASE("a source says that its wait was interrupted, even for a pipe that nobody writes to") {
  const temporary_directory directory;
  io::interrupt stop;
  const auto source = io::open_file(idle_fifo(directory), stop);
  REQUIRE(source.has_value());
  std::thread other([&] { stop.raise(); });
  char block[16];
  const auto got = (*source)->read(block);
  other.join();
  REQUIRE(got.has_error());
  CHECK(got.error().code == errc::cancelled);
}

TEST_CASE("a dataset that waits for rows can be stopped") {
  const temporary_directory directory;
  auto reader = io::dataset_reader::open({idle_fifo(directory)});
  REQUIRE(reader.has_value());
  std::thread other([&] { reader->stop(); });
  const auto row = reader->next();
  other.join();
  REQUIRE(row.has_error());
  CHECK(row.error().code == errc::cancelled);
}
