import type { VideoView } from "../api/videos";
import { locale } from ".";

/**
 * Why a film cannot be used, for readers of Chinese, by the stable word for it. The server's own
 * sentence, in English, knows the film's figures; it is also what is shown for words not listed.
 */
const zh: Record<string, string> = {
  audio_codec: "声音的编码格式无法使用，请用 AAC 声音导出为 MP4 后再上传。",
  codec: "视频里有无法打开的编码格式，请导出为 H.264 或 HEVC 的 MP4 后再上传。",
  container: "不支持这种文件格式，请上传 MP4、MOV、WebM 或 MKV 视频。",
  damaged: "视频已损坏，无法完整读取，请重新导出后再上传。",
  document: "这个文件是文字或网页，不是视频。请上传视频文件。",
  dolby_vision: "杜比视界 Profile 5 的色彩无法还原，请导出为普通 HDR 或 SDR 后再上传。",
  empty: "文件是空的，请另选一个。",
  frame_rate: "帧率过高，最多每秒 240 帧，请降低帧率后再上传。",
  lost: "上传途中丢失了一部分，请重新上传。",
  no_pictures: "文件里只有声音，没有画面。",
  not_looked_at: "多次尝试后仍无法检查这个视频，请稍后重新上传。",
  picture: "这个文件是图片，不是视频。请上传视频文件。",
  playlist: "这个文件是播放列表，不是视频。请上传视频文件。",
  archive: "这个文件是压缩包，请解压后上传视频文件。",
  program: "这个文件是程序，不是视频。请上传视频文件。",
  protected: "视频有防拷贝保护，无法使用。",
  sound: "声音无法使用，或文件只有声音。请上传带画面、立体声或 5.1 声道的视频。",
  too_large: "文件太大，请导出得短一些或小一些。",
  too_long: "视频太长，请剪短后再上传。",
  too_many_pixels: "画面太大，最大支持 4K（3840 × 2160）。",
  too_many_tracks: "视频里的轨道太多，请重新导出后再上传。",
  too_narrow: "画面过于狭长，请裁剪后再上传。",
  too_short: "视频不足半秒。",
  too_slow: "处理这个视频花的时间太长，请导出得短一些或小一些。",
  too_small: "画面太小，没有人看得清。",
  tried_often: "多次尝试后仍无法转码，请重新导出后再上传。",
  truncated: "视频不完整，上传或录制时被中断了，请重新上传或导出。",
  unknown: "这不是视频，或者已经损坏。请上传 MP4、MOV、WebM 或 MKV 视频。",
  video_codec: "画面的编码格式无法使用，请导出为 H.264 或 HEVC 的 MP4 后再上传。",
};

/** Why not, in the reader's language; null where nothing is wrong. */
export function refusalOf(video: VideoView): string | null {
  if (video.refusal === null || locale.value !== "zh-CN") return video.refusal;
  return zh[video.refusalReason ?? ""] ?? video.refusal;
}
