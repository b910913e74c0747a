#include "engine/run/metrics_outlet.hpp"

#include <doctest/doctest.h>

#include <filesystem>

#include "tests/support/ledger_lines.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace retort;
using engine::metrics_outlet;

TEST_CASE("a file has the text at once, and the last one when it is closed") {
  const test::temporary_directory directory;
  const std::string path = directory.path() + "/retort.prom";
  boost::asio::io_context context;
  std::string text = "first\n";
  auto outlet = metrics_outlet::open(context.get_executor(), path, [&] { return text; }).value();
  CHECK(outlet->note() == "metrics: " + path);
  CHECK(test::content_of(path) == "first\n");
  outlet->begin();
  text = "last\n";
  CHECK(outlet->close().has_value());
  context.run();  // ends: nothing of it is at work
  CHECK(test::content_of(path) == "last\n");
}

TEST_CASE("where there can be no metrics is said before anything is done") {
  const test::temporary_directory directory;
  boost::asio::io_context context;
  const auto why = [&](const std::string& where) {
    return metrics_outlet::open(context.get_executor(), where, [] { return "text"; })
        .error()
        .message;
  };
  CHECK(why("65536") == "--metrics 65536: a port is at most 65535; a file's name ends in .prom");
  const std::string ledger = directory.file("ledger.jsonl", "kept\n");
  CHECK(why(ledger) == "--metrics " + ledger +
                           ": expected a port, or a file whose name ends in .prom, since the "
                           "textfile collector reads no other");
  CHECK(test::content_of(ledger) == "kept\n");
  std::filesystem::create_directory(directory.path() + "/d.prom");
  CHECK(why(directory.path() + "/d.prom").ends_with("cannot be written: Is a directory"));
  CHECK(!std::filesystem::exists(directory.path() + "/d.prom.new"));
  const std::string nowhere = directory.path() + "/none/a.prom";
  CHECK(why(nowhere) == "--metrics " + nowhere + ": cannot be written: No such file or directory");
}
