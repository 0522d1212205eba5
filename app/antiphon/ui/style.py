"""How the standard controls look: Fusion's behaviour with our own painting, without a style sheet.

A global style sheet would cost 60 to 100 ms at the start; painting here costs about a millisecond.
"""

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QProxyStyle,
    QStyle,
    QStyleOption,
    QStyleOptionButton,
    QStyleOptionHeader,
    QStyleOptionMenuItem,
    QStyleOptionProgressBar,
    QStyleOptionSlider,
    QStyleOptionTab,
    QStyleOptionViewItem,
    QTabBar,
    QWidget,
)

from antiphon.ui import menu_items, scroll_bars
from antiphon.ui.icons import paint_icon
from antiphon.ui.paint import paint_check_box, paint_field, paint_ground
from antiphon.ui.theme import CONTROL, SPACE, Theme

_PE = QStyle.PrimitiveElement
_CE = QStyle.ControlElement
_CC = QStyle.ComplexControl
_SC = QStyle.SubControl
_PM = QStyle.PixelMetric
_SH = QStyle.StyleHint
_CT = QStyle.ContentsType
_State = QStyle.StateFlag

_PIXELS = {
    _PM.PM_ScrollBarExtent: 12,
    _PM.PM_IndicatorWidth: 16,
    _PM.PM_IndicatorHeight: 16,
    _PM.PM_ExclusiveIndicatorWidth: 16,
    _PM.PM_ExclusiveIndicatorHeight: 16,
    _PM.PM_CheckBoxLabelSpacing: 8,
    _PM.PM_RadioButtonLabelSpacing: 8,
    _PM.PM_SmallIconSize: 16,
    _PM.PM_ButtonIconSize: 16,
    _PM.PM_ListViewIconSize: 16,
    _PM.PM_TreeViewIndentation: 16,
    _PM.PM_HeaderMargin: 8,
    _PM.PM_MenuHMargin: 4,
    _PM.PM_MenuVMargin: 4,
    _PM.PM_ToolTipLabelFrameWidth: 6,
    _PM.PM_FocusFrameHMargin: 4,
}
_FIXED_PIXELS = {
    _PM.PM_SplitterWidth: 1,
    _PM.PM_MenuPanelWidth: 1,
    _PM.PM_ButtonShiftHorizontal: 0,
    _PM.PM_ButtonShiftVertical: 0,
    _PM.PM_TabBarTabShiftVertical: 0,
    _PM.PM_TabBarTabShiftHorizontal: 0,
}
_HINTS = {
    _SH.SH_ComboBox_Popup: 0,
    _SH.SH_EtchDisabledText: 0,
    _SH.SH_DialogButtonBox_ButtonsHaveIcons: 0,
    _SH.SH_Widget_Animation_Duration: 0,
    _SH.SH_ToolTip_WakeUpDelay: 400,
    _SH.SH_MessageBox_CenterButtons: 0,
    _SH.SH_ScrollBar_LeftClickAbsolutePosition: 1,
    _SH.SH_Menu_FlashTriggeredItem: 0,
}
_ARROWS = {
    _PE.PE_IndicatorArrowDown: "chevron-down",
    _PE.PE_IndicatorArrowUp: "chevron-up",
    _PE.PE_IndicatorArrowLeft: "chevron-left",
    _PE.PE_IndicatorArrowRight: "chevron-right",
}
_TALL = {_CT.CT_PushButton, _CT.CT_LineEdit, _CT.CT_ComboBox, _CT.CT_SpinBox}


def install(theme: Theme) -> None:
    """Give the application this style and the theme's palette and font; later changes of *theme* are followed."""
    QApplication.setStyle(AntiphonStyle(theme))
    theme.apply()


class AntiphonStyle(QProxyStyle):
    """Fusion, repainted from the theme's tokens."""

    def __init__(self, theme: Theme) -> None:
        super().__init__("Fusion")
        self._theme = theme
        self._primitives = {
            _PE.PE_FrameFocusRect: self._focus_ring,
            _PE.PE_PanelLineEdit: self._line_edit,
            _PE.PE_FrameLineEdit: self._nothing,
            _PE.PE_IndicatorCheckBox: self._check_box,
            _PE.PE_IndicatorItemViewItemCheck: self._check_box,
            _PE.PE_IndicatorRadioButton: self._radio_button,
            _PE.PE_PanelButtonCommand: self._button,
            _PE.PE_PanelButtonTool: self._tool_button,
            _PE.PE_Frame: self._frame,
            _PE.PE_FrameGroupBox: self._frame,
            _PE.PE_FrameTabWidget: self._frame,
            _PE.PE_FrameTabBarBase: self._nothing,
            _PE.PE_FrameStatusBarItem: self._nothing,
            _PE.PE_PanelMenu: self._menu_panel,
            _PE.PE_FrameMenu: self._menu_frame,
            _PE.PE_PanelTipLabel: self._menu_panel,
            _PE.PE_IndicatorBranch: self._branch,
            _PE.PE_PanelItemViewRow: self._nothing,
            _PE.PE_PanelItemViewItem: self._item,
            _PE.PE_IndicatorTabClose: self._tab_close,
            _PE.PE_PanelScrollAreaCorner: self._nothing,
        }
        self._controls = {
            _CE.CE_Splitter: self._splitter,
            _CE.CE_MenuItem: self._menu_item,
            _CE.CE_MenuEmptyArea: self._nothing,
            _CE.CE_HeaderSection: self._header_ground,
            _CE.CE_HeaderEmptyArea: self._header_ground,
            _CE.CE_HeaderLabel: self._header_label,
            _CE.CE_PushButtonLabel: self._button_label,
            _CE.CE_ProgressBarGroove: self._progress_groove,
            _CE.CE_ProgressBarContents: self._progress_contents,
            _CE.CE_TabBarTabShape: self._tab,
        }

    def drawPrimitive(
        self,
        element: QStyle.PrimitiveElement,
        option: QStyleOption,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        paint = self._primitives.get(element)
        if paint is not None:
            paint(option, painter, widget)
        elif element in _ARROWS:
            token = "dim" if option.state & _State.State_Enabled else "faint"
            paint_icon(painter, self._middle(option.rect), _ARROWS[element], self._theme.color(token))
        else:
            super().drawPrimitive(element, option, painter, widget)

    def drawControl(
        self,
        element: QStyle.ControlElement,
        option: QStyleOption,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        paint = self._controls.get(element)
        if paint is None:
            super().drawControl(element, option, painter, widget)
        else:
            paint(option, painter, widget)

    def drawComplexControl(
        self,
        control: QStyle.ComplexControl,
        option: QStyleOption,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        if control == _CC.CC_ScrollBar:
            self._scroll_bar(option, painter, widget)
        elif control == _CC.CC_ComboBox:
            self._combo_box(option, painter, widget)
        elif control == _CC.CC_SpinBox:
            self._spin_box(option, painter, widget)
        else:
            super().drawComplexControl(control, option, painter, widget)

    def pixelMetric(
        self, metric: QStyle.PixelMetric, option: QStyleOption | None = None, widget: QWidget | None = None
    ) -> int:
        pixels = _PIXELS.get(metric)
        if pixels is not None:
            return self._theme.px(pixels)
        fixed = _FIXED_PIXELS.get(metric)
        return super().pixelMetric(metric, option, widget) if fixed is None else fixed

    def styleHint(self, hint, option=None, widget=None, returnData=None) -> int:  # noqa: N803
        answer = _HINTS.get(hint)
        return super().styleHint(hint, option, widget, returnData) if answer is None else answer

    def sizeFromContents(
        self, kind: QStyle.ContentsType, option: QStyleOption, size: QSize, widget: QWidget | None = None
    ) -> QSize:
        wanted = super().sizeFromContents(kind, option, size, widget)
        if kind in _TALL:
            extra = self._theme.px(2 * SPACE) if kind == _CT.CT_PushButton else 0
            return QSize(wanted.width() + extra, max(wanted.height(), self._theme.px(CONTROL)))
        if kind == _CT.CT_MenuItem and isinstance(option, QStyleOptionMenuItem):
            return menu_items.size(option, wanted, self._theme)
        if kind == _CT.CT_ItemViewItem:
            return QSize(wanted.width(), max(wanted.height(), self._theme.px(26)))
        return wanted

    def subElementRect(
        self, element: QStyle.SubElement, option: QStyleOption, widget: QWidget | None = None
    ) -> QRect:
        rect = super().subElementRect(element, option, widget)
        if element == QStyle.SubElement.SE_LineEditContents and option.lineWidth > 0:
            return rect.adjusted(self._theme.px(6), 0, -self._theme.px(6), 0)
        return rect

    def subControlRect(
        self,
        control: QStyle.ComplexControl,
        option: QStyleOption,
        part: QStyle.SubControl,
        widget: QWidget | None = None,
    ) -> QRect:
        if control == _CC.CC_ScrollBar and isinstance(option, QStyleOptionSlider):
            return scroll_bars.place(option, part, self._theme)
        rect = super().subControlRect(control, option, part, widget)
        if control == _CC.CC_ComboBox and part == _SC.SC_ComboBoxEditField:
            return rect.adjusted(self._theme.px(6), 0, 0, 0)
        return rect

    # Inputs and buttons

    def _nothing(self, option, painter, widget) -> None:
        pass

    def _middle(self, rect: QRect) -> QRectF:
        side = self._theme.px(14)
        middle = QRectF(0, 0, side, side)
        middle.moveCenter(QRectF(rect).center())
        return middle

    def _focus_ring(self, option, painter, widget) -> None:
        if isinstance(widget, QAbstractItemView) and option.state & _State.State_Selected:
            return  # its ground tells
        paint_ground(painter, QRectF(option.rect), None, self._theme.color("accent"), width=2)

    def _line_edit(self, option, painter, widget) -> None:
        if option.lineWidth > 0:
            self._field(option, painter)

    def _field(self, option: QStyleOption, painter: QPainter) -> None:
        focused = bool(option.state & _State.State_HasFocus)
        paint_field(
            painter,
            option.rect,
            self._theme,
            focused=focused,
            enabled=bool(option.state & _State.State_Enabled),
        )

    def _check_box(self, option, painter, widget) -> None:
        state = Qt.CheckState.Unchecked
        if option.state & _State.State_On:
            state = Qt.CheckState.Checked
        elif option.state & _State.State_NoChange:
            state = Qt.CheckState.PartiallyChecked
        focused = bool(option.state & _State.State_HasFocus) and isinstance(option, QStyleOptionButton)
        enabled = bool(option.state & _State.State_Enabled)
        paint_check_box(painter, option.rect, self._theme, state, focused=focused, enabled=enabled)

    def _radio_button(self, option, painter, widget) -> None:
        box = QRectF(option.rect)
        focused = bool(option.state & _State.State_HasFocus)
        outline = self._theme.color("accent" if focused else "border")
        ground = self._theme.color("field")
        paint_ground(painter, box, ground, outline, radius=box.width() / 2, width=2 if focused else 1)
        if option.state & _State.State_On:
            dot = box.adjusted(4, 4, -4, -4)
            paint_ground(painter, dot, self._theme.color("text"), radius=dot.width() / 2)

    def _button(self, option, painter, widget) -> None:
        theme, state = self._theme, option.state
        pressed = bool(state & (_State.State_Sunken | _State.State_On))
        if self._is_default(option):
            ground, outline = theme.color("accent"), None
        else:
            ground = theme.color("selection" if pressed else "field")
            outline = theme.color("border" if state & _State.State_Enabled else "line")
        paint_ground(painter, QRectF(option.rect), ground, outline)
        if state & _State.State_MouseOver and not pressed:
            paint_ground(painter, QRectF(option.rect), None, theme.color("accent"))

    def _is_default(self, option: QStyleOption) -> bool:
        default = QStyleOptionButton.ButtonFeature.DefaultButton
        enabled = bool(option.state & _State.State_Enabled)
        return enabled and isinstance(option, QStyleOptionButton) and bool(option.features & default)

    def _button_label(self, option, painter, widget) -> None:
        if self._is_default(option):
            option.palette.setColor(QPalette.ColorRole.ButtonText, self._theme.color("on_accent"))
        super().drawControl(_CE.CE_PushButtonLabel, option, painter, widget)

    def _tool_button(self, option, painter, widget) -> None:
        if widget is not None and isinstance(widget.parent(), QTabBar):
            painter.fillRect(option.rect, option.palette.window())  # it lies over tabs that are scrolled
        if option.state & (_State.State_On | _State.State_Sunken):
            paint_ground(painter, QRectF(option.rect), self._theme.color("selection"))
        elif option.state & _State.State_MouseOver:
            paint_ground(painter, QRectF(option.rect), self._theme.color("field"))
        if option.state & _State.State_HasFocus:
            self._focus_ring(option, painter, widget)

    def _combo_box(self, option, painter, widget) -> None:
        self._field(option, painter)
        arrow = self.subControlRect(_CC.CC_ComboBox, option, _SC.SC_ComboBoxArrow, widget)
        paint_icon(painter, self._middle(arrow), "chevron-down", self._theme.color("dim"))

    def _spin_box(self, option, painter, widget) -> None:
        self._field(option, painter)
        for part, name in ((_SC.SC_SpinBoxUp, "chevron-up"), (_SC.SC_SpinBoxDown, "chevron-down")):
            rect = self.subControlRect(_CC.CC_SpinBox, option, part, widget)
            paint_icon(painter, QRectF(rect), name, self._theme.color("dim"))

    # Frames, menus, headers

    def _frame(self, option, painter, widget) -> None:
        paint_ground(painter, QRectF(option.rect), None, self._theme.color("line"))

    def _menu_panel(self, option, painter, widget) -> None:
        painter.fillRect(option.rect, self._theme.color("raised"))
        self._menu_frame(option, painter, widget)

    def _menu_frame(self, option, painter, widget) -> None:
        painter.setPen(self._theme.color("line"))
        painter.drawRect(option.rect.adjusted(0, 0, -1, -1))

    def _menu_item(self, option, painter, widget) -> None:
        shows_mnemonics = bool(self.styleHint(_SH.SH_UnderlineShortcut, option, widget))
        menu_items.paint(option, painter, self._theme, shows_mnemonics=shows_mnemonics)

    def _header_ground(self, option, painter, widget) -> None:
        painter.fillRect(option.rect, self._theme.color("bg"))
        painter.fillRect(
            option.rect.left(), option.rect.bottom(), option.rect.width(), 1, self._theme.color("line")
        )

    def _header_label(self, option, painter, widget) -> None:
        if isinstance(option, QStyleOptionHeader):
            horizontal = Qt.AlignmentFlag.AlignHorizontal_Mask
            if option.textAlignment & horizontal == Qt.AlignmentFlag.AlignHCenter:
                option.textAlignment = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            option.palette.setColor(QPalette.ColorRole.ButtonText, self._theme.color("dim"))
            option.state &= ~_State.State_On
        super().drawControl(_CE.CE_HeaderLabel, option, painter, widget)

    def _splitter(self, option, painter, widget) -> None:
        painter.fillRect(option.rect, self._theme.color("line"))

    def _progress_groove(self, option, painter, widget) -> None:
        paint_ground(painter, QRectF(option.rect), self._theme.color("field"), radius=2)

    def _progress_contents(self, option, painter, widget) -> None:
        if isinstance(option, QStyleOptionProgressBar) and option.maximum > option.minimum:
            share = (option.progress - option.minimum) / (option.maximum - option.minimum)
            done = QRectF(option.rect)
            done.setWidth(done.width() * max(0.0, min(1.0, share)))
            paint_ground(painter, done, self._theme.color("accent"), radius=2)

    def _tab(self, option, painter, widget) -> None:
        if isinstance(option, QStyleOptionTab) and option.state & _State.State_Selected:
            rect = option.rect
            painter.fillRect(rect.left(), rect.bottom() - 1, rect.width(), 2, self._theme.color("accent"))

    # Items and scroll bars

    def _branch(self, option, painter, widget) -> None:
        if option.state & _State.State_Children:
            name = "chevron-down" if option.state & _State.State_Open else "chevron-right"
            paint_icon(painter, self._middle(option.rect), name, self._theme.color("dim"))

    def _item(self, option, painter, widget) -> None:
        if (
            isinstance(option, QStyleOptionViewItem)
            and option.backgroundBrush.style() != Qt.BrushStyle.NoBrush
        ):
            painter.fillRect(option.rect, option.backgroundBrush)
        rect = QRectF(option.rect).adjusted(0, 1, 0, -1)
        if option.state & _State.State_Selected:
            paint_ground(painter, rect, self._theme.color("selection"))
        elif option.state & _State.State_MouseOver:
            paint_ground(painter, rect, self._theme.color("field"))

    def _tab_close(self, option, painter, widget) -> None:
        if option.state & _State.State_MouseOver:
            paint_ground(painter, QRectF(option.rect), self._theme.color("field"), radius=4)
        paint_icon(painter, self._middle(option.rect), "close", self._theme.color("dim"))

    def _scroll_bar(self, option, painter, widget) -> None:
        scroll_bars.paint(option, painter, self._theme, widget)
