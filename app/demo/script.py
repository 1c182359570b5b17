"""The festival's script: who takes part, what they sell and what they say. Data, nothing else."""

from typing import Final, NamedTuple

from feeds.accounts.interfaces import AccountKind


class Product(NamedTuple):
    """A product: title, price and former price in fen, the scene its picture shows."""

    title: str
    price: int
    before: int | None
    scene: str


class Player(NamedTuple):
    """An account of the festival."""

    key: str
    """Its look, see `pictures.gallery.LOOKS`."""
    kind: AccountKind
    name: str
    bio: str
    popularity: float
    """The share of the demo's shoppers who follow it."""
    products: tuple[Product, ...]
    lines: tuple[str, ...]
    """What its posts say; they come round again with other pictures."""


PLAYERS: Final[tuple[Player, ...]] = (
    Player(
        "noodles",
        AccountKind.BRAND,
        "面面俱到 Noodle House",
        "一碗好面，三代手艺。每天现熬十八小时的汤。",
        0.62,
        (
            Product("十八小时牛骨汤面 4 盒装", 5990, 7990, "noodles"),
            Product("荠菜鲜肉水饺 1 kg", 4280, None, "dumplings"),
            Product("流心奶黄月饼礼盒 8 枚", 16800, 21800, "mooncakes"),
            Product("担担面 体验装", 1590, 1990, "noodles"),
        ),
        (
            "凌晨三点的后厨：汤已经熬了十个小时。#一碗好面# 今天的第一锅，留给早起的你。",
            "新口味试吃会来啦！酸汤、番茄、菌菇，你投哪一票？评论区告诉我们 👇 #狂欢城#",
            "Eighteen hours of patience in one bowl. The broth ships today. #noodles",
            "饺子就酒，越喝越有。荠菜是今早从崇明来的。#冬日餐桌#",
            "狂欢城专享：买四送一，还包邮。链接在商品卡里，数量不多。#狂欢城#",
            "师傅说，面要醒三遍。急不得。#一碗好面#",
        ),
    ),
    Player(
        "tea",
        AccountKind.BRAND,
        "山茶工坊",
        "高山茶园，手工采制。喝茶，也喝一座山的清晨。",
        0.38,
        (
            Product("明前龙井 50 g 罐装", 19800, 23800, "tea"),
            Product("茉莉奶茶 6 杯", 7900, None, "bubble_tea"),
            Product("冷萃咖啡液 12 颗", 6900, 8900, "coffee"),
        ),
        (
            "雾散之前采完这一垄。#春天的颜色# 图二是我们最老的一棵茶树，一百二十岁。",
            "茉莉要窨七次，花香才真正住进茶里。#慢一点#",
            "新茶到店：只有三十六罐，每罐都写着采茶人的名字。#新品#",
            "今日山上 8 ℃，云海。把它寄给你。#山里的早晨#",
            "冷水也能泡的龙井，三分钟。夏天的办公桌需要它。#新品#",
        ),
    ),
    Player(
        "sport",
        AccountKind.BRAND,
        "风行 STRIDE",
        "Made for the next kilometre. 为下一公里而造。",
        0.45,
        (
            Product("STRIDE 4 缓震跑鞋", 69900, 89900, "sneaker"),
            Product("城市通勤双肩包 22 L", 32900, None, "backpack"),
            Product("GPS 运动手表", 129900, 149900, "watch"),
            Product("偏光太阳镜", 25900, 29900, "sunglasses"),
        ),
        (
            "第四代来了：轻 28 克，回弹多 9 %。#STRIDE4# 首发仅今晚。",
            "跑步的人，总能看到城市醒来的样子。#早安跑#",
            "Rain or shine. Same loop, new shoes. #STRIDE4",
            "22 升刚刚好：电脑、球鞋，还有一件不想打湿的外套。#通勤装备#",
            "跑团招募：周六早六点，江边见。前一百名送限量号码布。#早安跑#",
        ),
    ),
    Player(
        "beauty",
        AccountKind.BRAND,
        "花漾 BLOOM",
        "温柔而有力量的颜色。",
        0.41,
        (
            Product("丝绒唇膏 #07 山茶红", 21900, 26900, "lipstick"),
            Product("晚风香水 50 ml", 45900, None, "perfume"),
            Product("白茶香薰蜡烛", 12900, 15900, "candle"),
        ),
        (
            "山茶红，不挑皮、不挑灯光、不挑心情。#口红试色#",
            "晚风的前调是雨后的青草，后调是你走过的街。#香水笔记#",
            "New shade drop at 20:00. Bring your loudest lipstick energy. #BLOOM",
            "把一天的疲惫交给一支蜡烛。#下班后的一小时#",
            "试色合集：冷皮、暖皮、黄黑皮，一张图看完。#口红试色#",
        ),
    ),
    Player(
        "audio",
        AccountKind.BRAND,
        "回声 ECHO Audio",
        "听见细节。",
        0.29,
        (
            Product("ECHO One 头戴降噪耳机", 99900, 129900, "headphones"),
            Product("ECHO Buds 真无线耳机", 39900, 49900, "earbuds"),
            Product("桌面蓝牙音箱", 59900, None, "speaker"),
        ),
        (
            "拆一副耳机给你看：十一个零件，只为安静。#听见细节#",
            "通勤四十分钟，刚好一张专辑。今天听什么？#一日一碟#",
            "Forty hours on one charge. Your flight is shorter. #ECHOOne",
            "音箱放在墙角，低频会多 3 dB。小技巧，拿去用。#听见细节#",
        ),
    ),
    Player(
        "home",
        AccountKind.BRAND,
        "暖居 Homely",
        "让家慢慢变成自己的样子。",
        0.24,
        (
            Product("暖光阅读灯", 29900, 35900, "lamp"),
            Product("手工陶瓷花瓶", 15900, None, "vase"),
            Product("琴叶榕 带盆 90 cm", 18900, 22900, "pot_plant"),
        ),
        (
            "一盏灯，一个角落，就是一个人的客厅。#我的角落#",
            "琴叶榕怎么养？少浇水，多看它。#植物日记#",
            "陶土不完美，所以每一只都不一样。#手作#",
            "Small room, warm light. Before and after in three pictures. #homely",
        ),
    ),
    Player(
        "pets",
        AccountKind.BRAND,
        "喵汪星球",
        "给毛孩子的好东西。",
        0.35,
        (
            Product("逗猫棒三件套", 3900, 5900, "cat_toy"),
            Product("剑麻猫抓柱 60 cm", 12900, None, "cat_toy"),
        ),
        (
            "店长橘子今天上班了：睡了七小时，吃了两顿。#店长日常#",
            "新玩具测评：橘子给九分，旺财给十分（它什么都给十分）。#测评#",
            "晒出你家毛孩子的睡姿，点赞最高的送猫抓柱！#睡姿大赛#",
            "Who is a good dog? Everyone in this picture. #dogs",
        ),
    ),
    Player(
        "foodie",
        AccountKind.EXPERT,
        "老饕阿明",
        "吃遍街巷，只说真话。",
        0.55,
        (),
        (
            "这家店没有招牌，只有队伍。#街巷寻味# 老板说，卖完就收，从不加量。",
            "自己在家做一碗：热油泼下去的那一秒，值了。做法在评论里。#阿明厨房#",
            "三家奶茶盲测，结果出乎意料。#测评#",
            "水果拼盘怎么摆才好看？从颜色最浅的开始。#厨房小事#",
            "Best dumplings I had this year, and I had many. #streetfood",
        ),
    ),
    Player(
        "stylist",
        AccountKind.EXPERT,
        "林小满的衣橱",
        "穿衣是写给自己的信。",
        0.47,
        (),
        (
            "一只包，五种搭法。通勤、约会、周末，都是它。#胶囊衣橱#",
            "墨镜不是夏天的专利。冬天的太阳更斜。#小满说#",
            "周末和朋友们，颜色不小心撞成了一道彩虹。#周末穿什么#",
            "One red lip, zero effort. #minimal",
            "把鞋擦干净，是最便宜的变美方式。#小满说#",
        ),
    ),
    Player(
        "geek",
        AccountKind.EXPERT,
        "拆机王大锤",
        "数码评测。不恰饭，恰螺丝。",
        0.33,
        (),
        (
            "拆了。主板比上一代小了三分之一，电池大了一圈。#拆机#",
            "一台二手相机，一卷胶片，一座城。#胶片日记#",
            "续航实测：重度使用一天半。细节看图二。#测评#",
            "游戏机的风扇，为什么总朝左？讲给你听。#冷知识#",
        ),
    ),
    Player(
        "weekly",
        AccountKind.MEDIA,
        "狂欢周刊",
        "每周看懂一个节日。",
        0.9,
        (),
        (
            "狂欢城倒计时：今年的灯会有三处不能错过。#狂欢城# 地图在图三。",
            "今晚八点，红灯笼亮起的时候，记得抬头。#灯会#",
            "一年一度的福袋，里面到底有什么？我们替你拆了二十个。#福袋#",
            "The city counts down. Ten pictures from the rooftop. #festival",
            "排队两小时，烟花五分钟。值吗？评论区吵起来了。#狂欢城#",
            "礼物怎么挑：给爸妈、给自己、给很久没见的人。#礼物清单#",
        ),
    ),
    Player(
        "museum",
        AccountKind.INSTITUTION,
        "云上美术馆",
        "每天一件藏品。免费开放，周一闭馆。",
        0.21,
        (),
        (
            "今日藏品：天青釉瓶。雨过天青云破处。#每天一件藏品#",
            "新展「灯」：从宫灯到霓虹，一千年的光。#新展#",
            "闭馆后的展厅，只有海的声音。#夜间美术馆#",
            "Members' night this Friday, northern lights on the ceiling. #museum",
        ),
    ),
)

COMMENTS: Final[tuple[str, ...]] = (
    "好看！已收藏 ❤️",
    "蹲一个补货",
    "请问包邮吗？",
    "上次买的还没用完，又心动了",
    "图二太绝了",
    "Take my money 😂",
    "有没有优惠券呀",
    "终于等到了！",
    "我妈说好看，下单了",
    "求做法",
    "这个颜色真的很显白",
    "坐标哪里？周末想去",
    "已经种草",
    "第一次这么早看到 🎉",
    "质量怎么样，有人买过吗？",
    "Beautiful shot. What lens?",
)
REPLIES: Final[tuple[str, ...]] = (
    "全国包邮的亲～",
    "今晚八点补货，记得来",
    "谢谢喜欢 🥰",
    "买过，推荐！",
    "Same here!",
)
