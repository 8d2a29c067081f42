#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <jpeglib.h>
#include <lcms2.h>
#include <string>
#include <tiffio.h>
#include <vector>
#include <zlib.h>

#include <doctest/doctest.h>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "core/base/atomic_file.hpp"
#include "tests/temporary_folder.hpp"
#include "tests/vision/pictures.hpp"
#include "vision/files/image.hpp"
#include "vision/files/quiet_call.hpp"

// Creates profiles and embeds them in files that OpenCV wrote without one.

using namespace saccade;

namespace {

using Color = std::array<int, 3>;  // red, green, blue

/// Returns the bytes of a profile and closes it.
std::string bytes_of(cmsHPROFILE profile) {
  cmsUInt32Number size = 0;
  REQUIRE(cmsSaveProfileToMem(profile, nullptr, &size));
  std::string bytes(size, '\0');
  REQUIRE(cmsSaveProfileToMem(profile, bytes.data(), &size));
  cmsCloseProfile(profile);
  return bytes;
}

/// A profile with the x and y coordinates of red, green and blue, and white point D65.
std::string rgb_profile(const std::array<double, 6>& primaries, double gamma) {
  const cmsCIExyY white{0.3127, 0.3290, 1};
  const cmsCIExyYTRIPLE triple{
      {primaries[0], primaries[1], 1}, {primaries[2], primaries[3], 1}, {primaries[4], primaries[5], 1}};
  cmsToneCurve* const curve = cmsBuildGamma(nullptr, gamma);
  cmsToneCurve* const curves[] = {curve, curve, curve};
  const std::string bytes = bytes_of(cmsCreateRGBProfile(&white, &triple, curves));
  cmsFreeToneCurve(curve);
  return bytes;
}

std::string wide_profile() {  // the primaries of Adobe RGB (1998)
  return rgb_profile({0.64, 0.33, 0.21, 0.71, 0.15, 0.06}, 2.19921875);
}

std::string gray_profile(double gamma) {
  cmsToneCurve* const curve = cmsBuildGamma(nullptr, gamma);
  const std::string bytes = bytes_of(cmsCreateGrayProfile(cmsD50_xyY(), curve));
  cmsFreeToneCurve(curve);
  return bytes;
}

std::string big_endian(std::uint32_t number) {
  return {static_cast<char>(number >> 24), static_cast<char>(number >> 16), static_cast<char>(number >> 8),
          static_cast<char>(number)};
}

std::string encoded(const char* suffix, const cv::Mat& image) {
  std::vector<unsigned char> bytes;
  REQUIRE(cv::imencode(suffix, image, bytes, {cv::IMWRITE_JPEG_QUALITY, 100}));
  return {bytes.begin(), bytes.end()};
}

std::string png_with(const cv::Mat& image, const std::string& profile) {
  std::string file = encoded(".png", image);
  uLongf size = compressBound(profile.size());
  std::string compressed(size, '\0');
  REQUIRE(compress(reinterpret_cast<Bytef*>(compressed.data()), &size, reinterpret_cast<const Bytef*>(profile.data()),
                   profile.size()) == Z_OK);
  const std::string name_and_method("p\0\0", 3);
  const std::string body = "iCCP" + name_and_method + compressed.substr(0, size);
  const auto checksum =
      static_cast<std::uint32_t>(crc32(0, reinterpret_cast<const Bytef*>(body.data()), static_cast<uInt>(body.size())));
  constexpr std::size_t kAfterHeader = 8 + 25;
  return file.insert(kAfterHeader,
                     big_endian(static_cast<std::uint32_t>(body.size() - 4)) + body + big_endian(checksum));
}

std::string jpeg_with(const cv::Mat& image, const std::string& profile) {
  std::string file = encoded(".jpg", image);
  const std::string body = std::string("ICC_PROFILE\0\1\1", 14) + profile;
  return file.insert(2, "\xFF\xE2" + big_endian(static_cast<std::uint32_t>(body.size() + 2)).substr(2) + body);
}

std::string webp_with(const cv::Mat& image, const std::string& profile) {
  const std::string file = test::webp_with_exif(test::encode(".webp", image), 1);
  constexpr std::size_t kHeader = 12 + 18;  // RIFF, size, WEBP; VP8X
  std::string chunk = "ICCP" + test::little(profile.size(), 4) + profile + std::string(profile.size() % 2, '\0');
  std::string result = file.substr(0, kHeader) + chunk + file.substr(kHeader);
  result[20] = static_cast<char>(result[20] | 0x20);
  return result.replace(4, 4, test::little(result.size() - 8, 4));
}

/// A TIFF of 8- or 16-bit samples: gray, RGB or CMYK (255 is full ink).
std::string tiff_with(const cv::Mat& image, const std::string& profile, int photometric) {
  const test::TemporaryFolder folder;
  TIFF* const file = TIFFOpen((folder / "a.tiff").c_str(), "w");
  REQUIRE(file != nullptr);
  TIFFSetField(file, TIFFTAG_IMAGEWIDTH, image.cols);
  TIFFSetField(file, TIFFTAG_IMAGELENGTH, image.rows);
  TIFFSetField(file, TIFFTAG_BITSPERSAMPLE, image.depth() == CV_16U ? 16 : 8);
  TIFFSetField(file, TIFFTAG_SAMPLESPERPIXEL, image.channels());
  TIFFSetField(file, TIFFTAG_PHOTOMETRIC, photometric);
  TIFFSetField(file, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
  TIFFSetField(file, TIFFTAG_ROWSPERSTRIP, image.rows);
  if (!profile.empty())
    TIFFSetField(file, TIFFTAG_ICCPROFILE, static_cast<std::uint32_t>(profile.size()), profile.data());
  for (int row = 0; row < image.rows; ++row) {
    TIFFWriteScanline(file, const_cast<unsigned char*>(image.ptr(row)), static_cast<std::uint32_t>(row), 0);
  }
  TIFFClose(file);
  return read_file(folder / "a.tiff");
}

/// A CMYK JPEG (255 is full ink). As in files from Adobe software, samples are inverted and an Adobe marker is present.
std::string cmyk_jpeg(const cv::Mat& inks, const std::string& profile) {
  jpeg_compress_struct encoder{};
  jpeg_error_mgr errors{};
  encoder.err = jpeg_std_error(&errors);
  jpeg_create_compress(&encoder);
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&encoder, &bytes, &size);
  encoder.image_width = static_cast<JDIMENSION>(inks.cols);
  encoder.image_height = static_cast<JDIMENSION>(inks.rows);
  encoder.input_components = 4;
  encoder.in_color_space = JCS_CMYK;
  jpeg_set_defaults(&encoder);
  jpeg_set_quality(&encoder, 100, TRUE);
  jpeg_start_compress(&encoder, TRUE);  // writes an Adobe marker for CMYK
  if (!profile.empty()) {
    jpeg_write_icc_profile(&encoder, reinterpret_cast<const JOCTET*>(profile.data()),
                           static_cast<unsigned>(profile.size()));
  }
  const cv::Mat inverted = cv::Scalar::all(255) - inks;
  for (int row = 0; row < inks.rows; ++row) {
    JSAMPROW samples = const_cast<unsigned char*>(inverted.ptr(row));
    jpeg_write_scanlines(&encoder, &samples, 1);
  }
  jpeg_finish_compress(&encoder);
  std::string file(reinterpret_cast<const char*>(bytes), size);
  jpeg_destroy_compress(&encoder);
  std::free(bytes);
  return file;
}

/// A CMYK profile. Unlike in the formula without a profile, black ink alone is a dark gray.
std::string cmyk_profile() {
  const cmsHPROFILE profile = cmsCreateProfilePlaceholder(nullptr);
  cmsSetProfileVersion(profile, 2.1);
  cmsSetDeviceClass(profile, cmsSigOutputClass);
  cmsSetColorSpace(profile, cmsSigCmykData);
  cmsSetPCS(profile, cmsSigLabData);
  cmsStage* const table = cmsStageAllocCLut16bit(nullptr, 9, 4, 3, nullptr);
  const auto sample = [](const cmsUInt16Number in[], cmsUInt16Number out[], void* /*unused*/) -> cmsInt32Number {
    const double c = in[0] / 65535.0, m = in[1] / 65535.0, y = in[2] / 65535.0, k = in[3] / 65535.0;
    const cmsCIELab lab{100 - 30 * c - 35 * m - 8 * y - 70 * k * (1 - 0.3 * (c + m + y) / 3) * 0.9,
                        (-35 * c + 70 * m - 5 * y) * (1 - k), (-45 * c - 5 * m + 85 * y) * (1 - k)};
    cmsFloat2LabEncodedV2(out, &lab);
    return TRUE;
  };
  REQUIRE(cmsStageSampleCLut16bit(table, sample, nullptr, 0));
  cmsPipeline* const pipeline = cmsPipelineAlloc(nullptr, 4, 3);
  cmsPipelineInsertStage(pipeline, cmsAT_END, table);
  REQUIRE(cmsWriteTag(profile, cmsSigAToB0Tag, pipeline));
  cmsPipelineFree(pipeline);
  return bytes_of(profile);
}

/// Converts values between 0 and 255 to sRGB with lcms, in double precision and without optimizations.
Color by_lcms(const std::string& profile, const std::vector<double>& values) {
  const cmsHPROFILE from = cmsOpenProfileFromMem(profile.data(), static_cast<cmsUInt32Number>(profile.size()));
  const cmsHPROFILE to = cmsCreate_sRGBProfile();
  const cmsUInt32Number format = values.size() == 4 ? TYPE_CMYK_DBL : values.size() == 1 ? TYPE_GRAY_DBL : TYPE_RGB_DBL;
  const cmsHTRANSFORM transform =
      cmsCreateTransform(from, format, to, TYPE_RGB_DBL, INTENT_PERCEPTUAL, cmsFLAGS_NOOPTIMIZE | cmsFLAGS_NOCACHE);
  REQUIRE(transform != nullptr);
  std::vector<double> scaled;
  for (const double value : values) scaled.push_back(value / 255 * (values.size() == 4 ? 100 : 1));
  std::array<double, 3> result{};
  cmsDoTransform(transform, scaled.data(), result.data(), 1);
  cmsDeleteTransform(transform);
  cmsCloseProfile(from);
  cmsCloseProfile(to);
  Color color{};
  for (std::size_t i = 0; i < 3; ++i) color[i] = static_cast<int>(std::lround(255 * std::clamp(result[i], 0.0, 1.0)));
  return color;
}

cv::Mat plain(const Color& color) {
  return {16, 16, CV_8UC3, cv::Scalar(color[2], color[1], color[0])};
}

Color color_of(const std::string& file) {
  const auto pixel = vision::decode_image(file, "photo").at<cv::Vec3b>(8, 8);
  return {pixel[2], pixel[1], pixel[0]};
}

void check_near(const Color& found, const Color& expected, int tolerance) {
  for (std::size_t channel = 0; channel < 3; ++channel) {
    CAPTURE(channel);
    CHECK(std::abs(found[channel] - expected[channel]) <= tolerance);
  }
}

}  // namespace

TEST_CASE("colors of an embedded profile are converted to sRGB, in PNG and JPEG") {
  const std::string profile = wide_profile();
  // By hand: linear light = value ^ 2.19921875, XYZ from the primaries, then sRGB's matrix and curve. Adobe RGB (100,
  // 150, 50) is sRGB (66, 151, 34), and grays do not change.
  const Color wide{100, 150, 50}, narrow{66, 151, 34};
  check_near(color_of(png_with(plain(wide), profile)), narrow, 3);
  check_near(color_of(jpeg_with(plain(wide), profile)), narrow,
             5);  // JPEG compression changes the color by a level or two
  check_near(color_of(png_with(plain({128, 128, 128}), profile)), {128, 128, 128}, 2);
}

TEST_CASE("colors without a profile or with the sRGB profile do not change") {
  const Color color{200, 100, 30};
  check_near(color_of(encoded(".png", plain(color))), color, 0);
  check_near(color_of(png_with(plain(color), bytes_of(cmsCreate_sRGBProfile()))), color, 0);
}

TEST_CASE("a gray profile converts gray pictures") {
  // Linear gray 55 of 255 is 0.2157 of the light, which is 128 in sRGB.
  const cv::Mat gray(16, 16, CV_8UC1, cv::Scalar(55));
  check_near(color_of(png_with(gray, gray_profile(1.0))), {128, 128, 128}, 3);
}

TEST_CASE("an image with a broken profile is treated as sRGB") {
  const Color color{100, 150, 50};
  check_near(color_of(png_with(plain(color), "no profile at all")), color, 0);
  check_near(color_of(jpeg_with(plain(color), wide_profile().substr(0, 200))), color, 3);
}

TEST_CASE("images with an RGB profile are converted as by lcms, in every container") {
  const std::string adobe = wide_profile();
  const std::string display_p3 = rgb_profile({0.680, 0.320, 0.265, 0.690, 0.150, 0.060}, 2.2);
  const std::string pro_photo = rgb_profile({0.7347, 0.2653, 0.1596, 0.8404, 0.0366, 0.0001}, 1.8);
  for (const std::string& profile : {adobe, display_p3, pro_photo}) {
    for (const Color color : {Color{100, 150, 50}, Color{200, 60, 40}, Color{30, 90, 180}, Color{250, 250, 250}}) {
      CAPTURE(color[0]);
      const Color expected = by_lcms(profile, {color.begin(), color.end()});
      const cv::Mat image = plain(color);
      cv::Mat wide, rgb;
      image.convertTo(wide, CV_16U, 257);
      cv::cvtColor(image, rgb, cv::COLOR_BGR2RGB);
      check_near(color_of(png_with(image, profile)), expected, 2);
      check_near(color_of(png_with(wide, profile)), expected, 2);
      check_near(color_of(webp_with(image, profile)), expected, 2);
      check_near(color_of(tiff_with(rgb, profile, PHOTOMETRIC_RGB)), expected, 2);
      cv::cvtColor(wide, rgb, cv::COLOR_BGR2RGB);
      check_near(color_of(tiff_with(rgb, profile, PHOTOMETRIC_RGB)), expected, 2);
      check_near(color_of(jpeg_with(image, profile)), expected,
                 6);  // conversion to YCbCr changes the color by a level or two
      for (const bool avif : {false, true}) {
        test::HeifOptions options;
        options.avif = avif;
        options.profile = profile;
        check_near(color_of(test::heif_file(image, options)), expected, 6);
        options.profile.clear();
        check_near(color_of(test::heif_file(image, options)), color, 3);
      }
      check_near(color_of(test::encode(".webp", image)), color, 0);
      check_near(color_of(jpeg_with(image, bytes_of(cmsCreate_sRGBProfile()))), color, 2);
    }
  }
}

TEST_CASE("CMYK images with a profile are converted as by lcms, in JPEG and TIFF") {
  const std::string profile = cmyk_profile();
  for (const cv::Vec4b& ink : {cv::Vec4b(0, 0, 0, 0), cv::Vec4b(255, 0, 0, 0), cv::Vec4b(20, 180, 90, 30),
                               cv::Vec4b(0, 0, 0, 255), cv::Vec4b(120, 60, 200, 100)}) {
    CAPTURE(static_cast<int>(ink[0]));
    CAPTURE(static_cast<int>(ink[3]));
    const cv::Mat inks(16, 16, CV_8UC4, cv::Scalar(ink));
    const Color expected = by_lcms(profile, {double(ink[0]), double(ink[1]), double(ink[2]), double(ink[3])});
    check_near(color_of(cmyk_jpeg(inks, profile)), expected, 3);
    check_near(color_of(tiff_with(inks, profile, PHOTOMETRIC_SEPARATED)), expected, 3);
    cv::Mat wide;
    inks.convertTo(wide, CV_16U, 257);
    check_near(color_of(tiff_with(wide, profile, PHOTOMETRIC_SEPARATED)), expected, 3);
    // Without a profile, a component is (1 - ink) (1 - black).
    Color formula{};
    for (int i = 0; i < 3; ++i) {
      formula[static_cast<std::size_t>(i)] = static_cast<int>(std::lround((255 - ink[i]) * (255 - ink[3]) / 255.0));
    }
    check_near(color_of(cmyk_jpeg(inks, "")), formula, 3);
  }
}

TEST_CASE("gray images with a profile are converted as by lcms, in PNG, TIFF and JPEG") {
  for (const double gamma : {1.0, 1.8, 2.6}) {
    const std::string profile = gray_profile(gamma);
    for (const int level : {20, 90, 200}) {
      const cv::Mat gray(16, 16, CV_8UC1, cv::Scalar(level));
      cv::Mat wide;
      gray.convertTo(wide, CV_16U, 257);
      const Color expected = by_lcms(profile, {double(level)});
      check_near(color_of(png_with(gray, profile)), expected, 2);
      check_near(color_of(png_with(wide, profile)), expected, 2);
      check_near(color_of(jpeg_with(gray, profile)), expected, 3);
      check_near(color_of(tiff_with(gray, profile, PHOTOMETRIC_MINISBLACK)), expected, 2);
    }
  }
}

TEST_CASE("an image with a broken or unsuitable profile is treated as sRGB, in every container") {
  const Color color{100, 150, 50};
  cv::Mat rgb;
  cv::cvtColor(plain(color), rgb, cv::COLOR_BGR2RGB);
  for (const std::string& profile :
       {std::string("no profile at all"), wide_profile().substr(0, 200), cmyk_profile(), gray_profile(1.8)}) {
    check_near(color_of(png_with(plain(color), profile)), color, 0);
    check_near(color_of(webp_with(plain(color), profile)), color, 0);
    check_near(color_of(tiff_with(rgb, profile, PHOTOMETRIC_RGB)), color, 0);
    test::HeifOptions options;
    options.profile = profile;
    check_near(color_of(test::heif_file(plain(color), options)), color, 3);
    options.avif = true;
    check_near(color_of(test::heif_file(plain(color), options)), color, 3);
  }
}

TEST_CASE("a broken profile is reported once per file") {
  const std::string file = png_with(plain({100, 150, 50}), "no profile at all");
  const std::string printed = vision::call_quietly([&] {
    for (int i = 0; i < 3; ++i) vision::decode_image(file, "reported-once.png");
  });
  CHECK(printed == "saccade: note: reported-once.png: the color profile cannot be read; the picture is read as sRGB\n");
}
