#include <cstdlib>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/base/atomic_file.hpp"
#include "tests/app/fixture.hpp"

// saccade caption over many photos: what is taken, where captions go, and what is never overwritten.

using namespace saccade;
using nlohmann::json;
using test::caption;
using test::check_refused;
using test::fixture;
namespace fs = std::filesystem;

namespace {

/// A folder of copies of the fixture's photos, by the names given.
struct Album {
  test::TemporaryFolder folder;
  fs::path photos = folder / "photos";

  explicit Album(const std::vector<std::string>& names) {
    int number = 0;
    for (const auto& name : names) {
      fs::create_directories((photos / name).parent_path());
      fs::copy_file(fixture().photo(number++ % 3), photos / name);
    }
  }

  std::string photo(const std::string& name) const { return (photos / name).string(); }
  std::string out(const std::string& name) const { return (folder / name).string(); }
  std::string content(const std::string& name) const { return read_file(folder / name); }
};

std::string text_of(const std::string& photo) {
  return fixture().caption_of(photo).text();
}

}  // namespace

TEST_CASE("hidden files are skipped, and links are followed without loops") {
  const Album album({"a.png", "._a.png", ".thumbs/b.png", "sub/c.png", "elsewhere/../sub/d.png"});
  fs::create_directory(album.folder / "other");
  fs::copy_file(fixture().photo(0), album.folder / "other/e.png");
  fs::create_directory_symlink(album.folder / "other", album.photos / "link");
  fs::create_directory_symlink(album.photos, album.photos / "sub/loop");
  fs::create_symlink(album.photo("a.png"), album.photos / "z.png");
  const auto outcome = caption({album.photos.string()});
  CHECK(outcome.status == 0);
  std::vector<std::string> names;
  for (const auto& line : outcome.lines())
    names.push_back(fs::path(line.substr(0, line.find('\t'))).filename().string());
  CHECK(names == std::vector<std::string>{"a.png", "e.png", "c.png", "d.png", "z.png"});
}

TEST_CASE("other files in a folder are counted, which is not an error") {
  const Album album({"a.png"});
  for (const char* const name : {"1.mov", "2.txt", "3.pdf", "4.xyz", "5.doc", "6.doc", "7.doc"}) {
    write_file(album.photos / name, "x");
  }
  const auto outcome = caption({album.photos.string()});
  CHECK(outcome.status == 0);
  CHECK(outcome.err ==
        "saccade: note: " + album.photos.string() +
            ": skipped 7 files without an image extension: 1.mov, 2.txt, 3.pdf, 4.xyz, 5.doc and 2 more\n");
}

TEST_CASE("image bytes on standard input are captioned") {
  const auto outcome = caption({"-"}, read_file(fixture().photo(1)));
  CHECK(outcome.status == 0);
  CHECK(outcome.out == "-\t" + text_of(fixture().photo(1)) + "\n");
}

TEST_CASE("with -0, paths end with a zero byte and may contain line breaks") {
  const Album album({"two\nlines.png", "b.png"});
  const std::string list = album.photo("two\nlines.png") + std::string(1, '\0') + album.photo("b.png");
  const auto outcome = caption({"-0", "-"}, list);
  CHECK(outcome.status == 0);
  REQUIRE(outcome.lines().size() == 2);
  CHECK(outcome.lines()[0].find("two\\nlines.png\t") != std::string::npos);
  const auto as_json = caption({"-0", "-", "--json"}, list);
  CHECK(json::parse(as_json.lines().at(0)).at("path") == album.photo("two\nlines.png"));
}

TEST_CASE("a list on standard input is answered as it arrives") {
  const Album album({"a.png", "b.png"});
  const std::string pipe = album.out("pipe"), out = album.out("answers");
  write_file(album.folder / "script",
             fmt::format("mkfifo {0}\n{1} caption --threads 1 --model {2} - <{0} >{3} &\nexec 3>{0}\n"
                         "echo {4} >&3\n"
                         "for i in $(seq 600); do test -s {3} && break; sleep 0.1; done\n"
                         "cp {3} {3}.first\n"
                         "echo {5} >&3\nexec 3>&-\nwait\n",
                         pipe, SACCADE_PROGRAM, fixture().model_file.string(), out, album.photo("a.png"),
                         album.photo("b.png")));
  REQUIRE(std::system(("bash '" + album.out("script") + "'").c_str()) == 0);
  CHECK(album.content("answers.first") == album.photo("a.png") + "\t" + text_of(album.photo("a.png")) + "\n");
  CHECK(test::lines_of(album.content("answers")).size() == 2);
}

TEST_CASE("--output writes CSV, JSON Lines or text by extension") {
  const Album album({"a, b.png", "c.png"});
  for (const char* const name : {"o.csv", "o.jsonl", "o.txt"}) {
    CAPTURE(name);
    const auto outcome = caption({album.photos.string(), "--output", album.out(name)});
    CHECK(outcome.status == 0);
    CHECK(outcome.out.empty());
    CHECK(outcome.err == "2 captioned, 0 failed\n");
  }
  const auto csv = test::lines_of(album.content("o.csv"));
  REQUIRE(csv.size() == 3);
  CHECK(csv[0] == "path,rank,caption,log_probability,seed");
  CHECK(csv[1].find("\"" + album.photo("a, b.png") + "\",1," + text_of(album.photo("a, b.png")) + ",-") == 0);
  CHECK(json::parse(test::lines_of(album.content("o.jsonl")).at(1)).at("path") == album.photo("c.png"));
  CHECK(test::lines_of(album.content("o.txt")).at(1) == album.photo("c.png") + "\t" + text_of(album.photo("c.png")));
  CHECK(
      check_refused(caption({album.photos.string(), "--output", album.out("o.xml")}), 1).find(".csv, .jsonl or .txt") !=
      std::string::npos);
}

TEST_CASE("--quiet prints only errors") {
  const Album album({"a.png", "b.png"});
  write_file(album.photos / "bad.png", "no picture");
  const auto outcome = caption({album.photos.string(), "--quiet", "--output", album.out("o.csv")});
  CHECK(outcome.status == 1);
  CHECK(outcome.error_lines().size() == 1);
}

TEST_CASE("--resume continues after the last complete line and skips finished photos") {
  const Album album({"a.png", "b,\"1\".png", "c.png", "d\xE9.png"});
  for (const char* const name : {"o.csv", "o.jsonl", "o.txt"}) {
    CAPTURE(name);
    const std::vector<std::string> command{album.photos.string(), "--output", album.out(name)};
    REQUIRE(caption(command).status == 0);
    const std::string whole = album.content(name);
    auto resume = command;
    resume.push_back("--resume");
    CHECK(caption(resume).err == "0 captioned, 0 failed, 4 were captioned before\n");
    CHECK(album.content(name) == whole);
    // As a power cut may leave it: in the middle of the third photo's line.
    const auto lines = test::lines_of(whole);
    const std::size_t cut = whole.size() - lines.back().size() - lines[lines.size() - 2].size() / 2 - 1;
    write_file(album.out(name), whole.substr(0, cut));
    CHECK(caption(resume).err == "2 captioned, 0 failed, 2 were captioned before\n");
    // JSON tells the last digit, which a sum over other photos beside it may change.
    if (name != std::string("o.jsonl")) CHECK(album.content(name) == whole);
    CHECK(caption(resume).err == "0 captioned, 0 failed, 4 were captioned before\n");
    CHECK(test::lines_of(album.content(name)).size() == lines.size());
  }
  write_file(album.out("other.csv"), "name,price\n");
  CHECK(check_refused(caption({album.photos.string(), "--resume", "--output", album.out("other.csv")}), 1)
            .find("Saccade did not write this file") != std::string::npos);
  CHECK(check_refused(caption({album.photos.string(), "--resume"}), 2).find("--resume requires") != std::string::npos);
}

TEST_CASE("shards cover every photo once") {
  const Album album({"a.png", "b.png", "c.png", "d.png", "e.png"});
  std::set<std::string> all;
  std::size_t lines = 0;
  for (const char* const shard : {"1/3", "2/3", "3/3"}) {
    const auto outcome = caption({album.photos.string(), "--shard", shard});
    CHECK(outcome.status == 0);
    lines += outcome.lines().size();
    for (const auto& line : outcome.lines()) all.insert(line);
  }
  CHECK(lines == 5);
  CHECK(all.size() == 5);
  for (const char* const shard : {"0/3", "4/3", "1", "1/3x", "a/b"}) {
    CHECK(check_refused(caption({album.photos.string(), "--shard", shard}), 2).find("--shard") != std::string::npos);
  }
}

TEST_CASE("--sidecar writes a text file per photo and keeps existing ones") {
  const Album album({"a.png", "b.png"});
  REQUIRE(caption({album.photos.string(), "--sidecar"}).status == 0);
  CHECK(read_file(album.photo("a.txt")) == text_of(album.photo("a.png")) + "\n");
  write_file(album.photo("a.txt"), "mine");
  fs::remove(album.photo("b.txt"));
  CHECK(check_refused(caption({album.photos.string(), "--sidecar"}), 1).find("a.txt: the file exists") !=
        std::string::npos);
  CHECK_FALSE(fs::exists(album.photo("b.txt")));  // refused before any work
  CHECK(caption({album.photos.string(), "--sidecar", "--resume"}).status == 0);
  CHECK(read_file(album.photo("a.txt")) == "mine");
  CHECK(fs::exists(album.photo("b.txt")));
  CHECK(caption({album.photos.string(), "--sidecar", "--force"}).status == 0);
  CHECK(read_file(album.photo("a.txt")) != "mine");
}

TEST_CASE("an unwritable sidecar is reported before work starts") {
  const Album album({"a.png", "b.png"});
  fs::create_directory(album.photo("b.txt.saccade~"));
  CHECK(check_refused(caption({album.photos.string(), "--sidecar"}), 1).find("b.txt.saccade~: cannot write here") !=
        std::string::npos);
  CHECK_FALSE(fs::exists(album.photo("a.txt")));
}

TEST_CASE("a missing photo does not prevent the sidecars of others") {
  const Album album({"a.png"});
  const auto outcome = caption({"/nowhere/b.png", album.photo("a.png"), "--sidecar"});
  CHECK(outcome.status == 1);
  CHECK(outcome.err.find("/nowhere/b.png") != std::string::npos);
  CHECK(fs::exists(album.photo("a.txt")));
}

TEST_CASE("--xmp writes a description and keeps the rest of an XMP file") {
  const Album album({"a.jpg", "a.png"});
  REQUIRE(caption({album.photos.string(), "--xmp"}).status == 0);
  const std::string written = read_file(album.photo("a.png.xmp"));
  CHECK(written.find("<rdf:li xml:lang=\"x-default\">" + text_of(album.photo("a.png")) + "</rdf:li>") !=
        std::string::npos);
  CHECK(fs::exists(album.photo("a.jpg.xmp")));
  CHECK(caption({album.photos.string(), "--xmp"}).status == 0);  // it made them itself

  const std::string theirs =
      R"(<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">)"
      R"(<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="4"/></rdf:RDF></x:xmpmeta>)";
  write_file(album.photo("a.png.xmp"), theirs);
  CHECK(check_refused(caption({album.photos.string(), "--xmp"}), 1).find("a.png.xmp: the file exists") !=
        std::string::npos);
  CHECK(caption({album.photos.string(), "--xmp", "--resume", "--force"}).status == 0);
  const std::string both = read_file(album.photo("a.png.xmp"));
  CHECK(both.find("xmp:Rating=\"4\"") != std::string::npos);
  CHECK(both.find(text_of(album.photo("a.png"))) != std::string::npos);
  CHECK(caption({album.photos.string(), "--xmp", "--resume"}).status == 0);  // it has a description now
}

TEST_CASE("a damaged XMP file fails its own photo only") {
  const Album album({"a.jpg", "a.png"});
  write_file(album.photo("a.png.xmp"), "<x:xmpmeta");
  const auto outcome = caption({album.photos.string(), "--xmp", "--force"});
  CHECK(outcome.status == 1);
  CHECK(outcome.err.find("a.png.xmp: not a readable XMP file") != std::string::npos);
  CHECK(outcome.err.find("1 captioned, 1 failed") != std::string::npos);
  CHECK(read_file(album.photo("a.png.xmp")) == "<x:xmpmeta");
  CHECK(read_file(album.photo("a.jpg.xmp")).find(text_of(album.photo("a.jpg"))) != std::string::npos);
}

TEST_CASE("--xmp keeps descriptions in other languages") {
  const Album album({"a.png"});
  write_file(album.photo("a.png.xmp"),
             R"(<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">)"
             R"(<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:description><rdf:Alt>)"
             R"(<rdf:li xml:lang="x-default">old</rdf:li><rdf:li xml:lang="de">Ein Hund</rdf:li></rdf:Alt>)"
             R"(</dc:description></rdf:Description></rdf:RDF></x:xmpmeta>)");
  REQUIRE(caption({album.photos.string(), "--xmp", "--force"}).status == 0);
  const std::string written = read_file(album.photo("a.png.xmp"));
  CHECK(written.find("<rdf:li xml:lang=\"de\">Ein Hund</rdf:li>") != std::string::npos);
  CHECK(written.find(text_of(album.photo("a.png"))) != std::string::npos);
  CHECK(written.find(">old<") == std::string::npos);
}

TEST_CASE("a blank sidecar is not a caption") {
  const Album album({"a.png", "b.png"});
  for (const std::string& blank : {std::string(), std::string(" \n\t\r\n")}) {
    write_file(album.photo("a.txt"), blank);
    write_file(album.photo("b.txt"), "mine");
    CHECK(caption({album.photos.string(), "--sidecar", "--resume"}).status == 0);
    CHECK(read_file(album.photo("a.txt")) == text_of(album.photo("a.png")) + "\n");
    CHECK(read_file(album.photo("b.txt")) == "mine");
  }
  for (const char* const blank : {"", "<rdf:Alt><rdf:li xml:lang='x-default'> </rdf:li></rdf:Alt>"}) {
    for (const char* const name : {"a.png.xmp", "b.png.xmp"}) {
      write_file(
          album.photo(name),
          R"(<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">)"
          R"(<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:description>)" +
              std::string(blank) + "</dc:description></rdf:Description></rdf:RDF></x:xmpmeta>");
    }
    CHECK(caption({album.photos.string(), "--xmp", "--resume"}).status == 0);
    CHECK(read_file(album.photo("a.png.xmp")).find(text_of(album.photo("a.png"))) != std::string::npos);
  }
}

TEST_CASE("photos that differ only in their extensions get separate sidecars with --sidecar-name full") {
  const Album album({"a.jpg", "a.png"});
  const std::string refused = check_refused(caption({album.photos.string(), "--sidecar"}), 1);
  CHECK(refused.find("use --sidecar-name full") != std::string::npos);
  REQUIRE(caption({album.photos.string(), "--sidecar", "--sidecar-name", "full"}).status == 0);
  CHECK(read_file(album.photo("a.jpg.txt")) == text_of(album.photo("a.jpg")) + "\n");
  CHECK(read_file(album.photo("a.png.txt")) == text_of(album.photo("a.png")) + "\n");
}

TEST_CASE("outputs may have the longest names of the file system") {
  const std::string stem(247, 'n'), longer(251, 'm');  // and an extension of four characters
  const Album album({"a.png", stem + ".png"});
  REQUIRE(caption({album.photos.string(), "--sidecar", "--sidecar-name", "full"}).status == 0);
  CHECK(read_file(album.photo(stem + ".png.txt")) == text_of(album.photo(stem + ".png")) + "\n");
  const Album other({longer + ".png"});
  REQUIRE(caption({other.photos.string(), "--overlay", other.out("o")}).status == 0);
  CHECK(fs::exists(other.folder / "o" / (longer + ".png")));
}

TEST_CASE("a name that is too long for an output fails its own photo only") {
  const std::string name = std::string(249, 'n') + ".jpeg";
  const Album album({"a.png", name});
  const auto outcome = caption({album.photos.string(), "--sidecar", "--sidecar-name", "full"});
  CHECK(outcome.status == 1);
  CHECK(outcome.err.find("the name of this output is too long; rename the photo") != std::string::npos);
  CHECK(outcome.err.find("1 captioned, 1 failed") != std::string::npos);
  CHECK(fs::exists(album.photo("a.png.txt")));
}

TEST_CASE("pictures of photos in subfolders are written to subfolders of the same names") {
  const Album album({"x/a.png", "y/a.png", "y/z/a.png"});
  REQUIRE(caption({album.photos.string(), "--overlay", album.out("o")}).status == 0);
  for (const char* const sheet : {"o/x/a.png", "o/y/a.png", "o/y/z/a.png"}) CHECK(fs::exists(album.out(sheet)));
  CHECK(caption({album.photos.string(), "--overlay", album.out("o")}).status == 0);  // again
}

TEST_CASE("a sheet of one photo is not replaced by that of another with the same name") {
  const Album album({"x/a.png", "y/a.png"});
  for (const char* const extension : {".png", ".jpg", ".webp"}) {
    CAPTURE(extension);
    const std::string sheet = album.out(std::string("sheet") + extension);
    REQUIRE(caption({album.photo("x/a.png"), "--overlay", sheet}).status == 0);
    const std::string before = read_file(sheet);
    CHECK(caption({album.photo("x/a.png"), "--overlay", sheet}).status == 0);
    CHECK(check_refused(caption({album.photo("y/a.png"), "--overlay", sheet}), 1).find("shows another photo") !=
          std::string::npos);
    CHECK(read_file(sheet) == before);
    CHECK(caption({album.photo("y/a.png"), "--overlay", sheet, "--force"}).status == 0);
  }
  REQUIRE(caption({album.out("photos/x"), "--overlay", album.out("o")}).status == 0);
  CHECK(check_refused(caption({album.out("photos/y"), "--overlay", album.out("o")}), 1).find("shows another photo") !=
        std::string::npos);
}

TEST_CASE("photos are never overwritten, even with --force or through a link") {
  const Album album({"a.png", "b.png"});
  fs::create_directory_symlink(album.photos, album.folder / "link");
  const std::string before = read_file(album.photo("a.png"));
  for (const std::string& target : {album.photos.string(), album.out("link")}) {
    CAPTURE(target);
    const auto outcome = caption({album.photos.string(), "--overlay", target, "--force"});
    CHECK(check_refused(outcome, 1).find("a.png: this command reads the file, so it is not overwritten") !=
          std::string::npos);
    CHECK(read_file(album.photo("a.png")) == before);
  }
}

TEST_CASE("--force does not overwrite the model or the configuration file") {
  const Album album({"a.png"});
  const std::string model = album.out("model.txt"), config = album.out("options.txt");
  fs::copy_file(fixture().model_file, model);
  write_file(config, "beam = 1\n");
  for (const std::string& target : {model, config}) {
    CAPTURE(target);
    const std::string before = read_file(target);
    const auto outcome = test::saccade(
        {"caption", album.photo("a.png"), "--model", model, "--config", config, "--output", target, "--force"});
    CHECK(check_refused(outcome, 1).find("not overwritten") != std::string::npos);
    CHECK(read_file(target) == before);
  }
}

TEST_CASE("a redirected list is not overwritten, but a device may be") {
  const Album album({"a.png"});
  write_file(album.out("list.txt"), album.photo("a.png") + "\n");
  const std::string command = std::string(SACCADE_PROGRAM) + " caption - --model " + fixture().model_file.string() +
                              " --output " + album.out("list.txt") + " --force < " + album.out("list.txt") + " 2> " +
                              album.out("error");
  CHECK(std::system(command.c_str()) != 0);
  CHECK(album.content("error").find("not overwritten") != std::string::npos);
  CHECK(album.content("list.txt") == album.photo("a.png") + "\n");
  write_file(album.out("references.txt"), "a dog\n");
  CHECK(test::saccade({"score", "--hypotheses", album.out("references.txt"), "--references",
                       album.out("references.txt"), "--config", "/dev/null", "--table", "/dev/null"})
            .status == 0);
}

TEST_CASE("pictures of words do not replace other files") {
  const Album album({"a.png", "a-words/01-a.png"});
  const std::string before = album.content("photos/a-words/01-a.png");
  const auto beside = caption({album.photos.string(), "--overlay", album.photos.string(), "--overlay-each", "--force"});
  CHECK(check_refused(beside, 1).find("not overwritten") != std::string::npos);
  const auto other = caption({album.photo("a.png"), "--overlay", album.out("photos/a.jpg"), "--overlay-each"});
  CHECK(check_refused(other, 1).find("01-a.png: the file exists and was not written by this program") !=
        std::string::npos);
  CHECK(album.content("photos/a-words/01-a.png") == before);
}

TEST_CASE("other things with image names are reported, and the images are captioned") {
  const Album album({"a.png"});
  fs::create_symlink("/nowhere/b.png", album.photos / "b.png");
  const auto outcome = caption({album.photos.string()});
  CHECK(outcome.status == 1);
  CHECK(outcome.lines().size() == 1);
  CHECK(outcome.err.find("b.png: ") != std::string::npos);
}

TEST_CASE("an endless stream of other bytes is refused early") {
  const auto refused = caption({"-"}, std::string(std::size_t{3} << 20, 'x'));
  CHECK(check_refused(refused, 1).find("neither an image nor a list of files") != std::string::npos);
  CHECK(check_refused(caption({"-"}, std::string(std::size_t{3} << 20, '\0')), 1).find("neither an image nor a list") !=
        std::string::npos);
  const std::string photo = fixture().photo(0);  // empty names in a list lose none
  CHECK(caption({"-"}, photo + "\n" + std::string(3, '\0') + photo + "\n\n" + photo).lines().size() == 3);
}

TEST_CASE("files from other programs are replaced only with --force") {
  const Album album({"a.png"});
  const std::string sheet = album.out("sheet.png"), table = album.out("o.csv");
  REQUIRE(caption({album.photo("a.png"), "--overlay", sheet, "--output", table}).status == 0);
  CHECK(caption({album.photo("a.png"), "--overlay", sheet, "--output", table}).status == 0);
  fs::copy_file(fixture().photo(1), sheet, fs::copy_options::overwrite_existing);
  CHECK(check_refused(caption({album.photo("a.png"), "--overlay", sheet}), 1).find("was not written by this program") !=
        std::string::npos);
  CHECK(caption({album.photo("a.png"), "--overlay", sheet, "--force"}).status == 0);
  for (const char* const name : {"n.csv", "n.txt", "n.jsonl"}) {
    write_file(album.out(name), "mine\n");
    CHECK(check_refused(caption({album.photo("a.png"), "--output", album.out(name)}), 1)
              .find("was not written by this program") != std::string::npos);
    CHECK(album.content(name) == "mine\n");
  }
}

TEST_CASE("sheets and words of photos with awkward names do not collide") {
  const Album album({"a.png", "a-2.png", "sub/a.png", "a-words.png", "a.png.png"});
  const auto outcome = caption({album.photos.string(), "--overlay", album.out("o"), "--overlay-each"});
  CHECK(outcome.status == 0);
  std::set<std::string> sheets;
  for (const auto& entry : fs::recursive_directory_iterator(album.folder / "o")) {
    const bool word = entry.path().parent_path().filename().string().find("-words") != std::string::npos;
    if (entry.is_regular_file() && !word) sheets.insert(entry.path().string());
  }
  CHECK(sheets.size() == 5);
  CHECK(check_refused(caption({album.photos.string(), "--overlay", album.out("o"), "--output", album.out("o/a.csv"),
                               "--page", album.out("o/a.csv")}),
                      1)
            .find("two outputs have this name") != std::string::npos);
}

TEST_CASE("the seed of each sample is printed") {
  const Album album({"a.png"});
  const auto outcome = test::saccade({"caption", "--model", "hard", "--threads", "1", "--cell-selection", "sample",
                                      "--samples", "3", "--seed", "7", album.photo("a.png")});
  CHECK(outcome.status == 0);
  REQUIRE(outcome.lines().size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(outcome.lines()[i].find("\tseed " + std::to_string(7 + i)) != std::string::npos);
  }
}
